// libxml2, loaded when it is needed: it brings ICU with it, and few runs read XML.
//
// The functions below have the names of libxml2's, and call them.

#include "CLibXML2.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

// The layout of its structures, which differs between the two, is that of the headers.
#if LIBXML_VERSION >= 21400
#define NAME "libxml2.so.16"
#else
#define NAME "libxml2.so.2"
#endif

#if LIBXML_VERSION >= 21200
typedef const xmlError *last_error;
#else
typedef xmlErrorPtr last_error;
#endif

static char *failure;
static pthread_once_t once = PTHREAD_ONCE_INIT;
/// Its own variable, which holds a function.
static xmlFreeFunc *free_function;

#define FUNCTIONS(FUNCTION) \
  FUNCTION(xmlParserCtxtPtr, xmlNewParserCtxt, (void), ()) \
  FUNCTION( \
    xmlParserCtxtPtr, xmlCreatePushParserCtxt, \
    (xmlSAXHandlerPtr sax, void *data, const char *chunk, int size, const char *name), (sax, data, chunk, size, name)) \
  FUNCTION( \
    xmlDocPtr, xmlCtxtReadMemory, \
    (xmlParserCtxtPtr context, const char *buffer, int size, const char *url, const char *encoding, int options), \
    (context, buffer, size, url, encoding, options)) \
  FUNCTION(int, xmlCtxtUseOptions, (xmlParserCtxtPtr context, int options), (context, options)) \
  FUNCTION( \
    int, xmlParseChunk, (xmlParserCtxtPtr context, const char *chunk, int size, int isLast), \
    (context, chunk, size, isLast)) \
  FUNCTION(last_error, xmlCtxtGetLastError, (void *context), (context)) \
  FUNCTION(xmlNodePtr, xmlDocGetRootElement, (const xmlDoc *document), (document)) \
  FUNCTION(xmlChar *, xmlNodeGetContent, (const xmlNode *node), (node)) \
  FUNCTION(xmlSchemaParserCtxtPtr, xmlSchemaNewParserCtxt, (const char *url), (url)) \
  FUNCTION(xmlSchemaPtr, xmlSchemaParse, (xmlSchemaParserCtxtPtr context), (context)) \
  FUNCTION(xmlSchemaValidCtxtPtr, xmlSchemaNewValidCtxt, (xmlSchemaPtr schema), (schema)) \
  FUNCTION(int, xmlSchemaValidateDoc, (xmlSchemaValidCtxtPtr context, xmlDocPtr document), (context, document)) \
  FUNCTION(xmlXPathContextPtr, xmlXPathNewContext, (xmlDocPtr document), (document)) \
  FUNCTION( \
    xmlXPathObjectPtr, xmlXPathEvalExpression, (const xmlChar *text, xmlXPathContextPtr context), (text, context)) \
  FUNCTION(xmlChar *, xmlXPathCastToString, (xmlXPathObjectPtr object), (object)) \
  FUNCTION( \
    int, xmlXPathRegisterNs, (xmlXPathContextPtr context, const xmlChar *prefix, const xmlChar *uri), \
    (context, prefix, uri))

#define PROCEDURES(FUNCTION) \
  FUNCTION(void, xmlInitParser, (void), ()) \
  FUNCTION(void, xmlStopParser, (xmlParserCtxtPtr context), (context)) \
  FUNCTION(void, xmlFreeParserCtxt, (xmlParserCtxtPtr context), (context)) \
  FUNCTION(void, xmlFreeDoc, (xmlDocPtr document), (document)) \
  FUNCTION(void, xmlSchemaFree, (xmlSchemaPtr schema), (schema)) \
  FUNCTION(void, xmlSchemaFreeParserCtxt, (xmlSchemaParserCtxtPtr context), (context)) \
  FUNCTION(void, xmlSchemaFreeValidCtxt, (xmlSchemaValidCtxtPtr context), (context)) \
  FUNCTION( \
    void, xmlSchemaSetParserStructuredErrors, \
    (xmlSchemaParserCtxtPtr context, xmlStructuredErrorFunc function, void *data), (context, function, data)) \
  FUNCTION( \
    void, xmlSchemaSetValidStructuredErrors, \
    (xmlSchemaValidCtxtPtr context, xmlStructuredErrorFunc function, void *data), (context, function, data)) \
  FUNCTION(void, xmlSetGenericErrorFunc, (void *context, xmlGenericErrorFunc function), (context, function)) \
  FUNCTION(void, xmlXPathFreeContext, (xmlXPathContextPtr context), (context)) \
  FUNCTION(void, xmlXPathFreeObject, (xmlXPathObjectPtr object), (object))

#define POINTER(result, name, parameters, arguments) static result(*name##_pointer) parameters;
FUNCTIONS(POINTER)
PROCEDURES(POINTER)

static void *find(void *library, const char *name) {
  void *symbol = failure ? 0 : dlsym(library, name);
  if (!symbol && !failure) failure = strdup(dlerror());
  return symbol;
}

static void load(void) {
  void *library = dlopen(NAME, RTLD_LAZY | RTLD_LOCAL);
  if (!library) {
    failure = strdup(dlerror());
    return;
  }
#define FIND(result, name, parameters, arguments) name##_pointer = (result(*) parameters)find(library, #name);
  FUNCTIONS(FIND)
  PROCEDURES(FIND)
  free_function = (xmlFreeFunc *)find(library, "xmlFree");
  if (!failure) xmlInitParser();
}

const char *conform_xml_load(void) {
  pthread_once(&once, load);
  return failure;
}

void conform_xml_free(void *pointer) { (*free_function)(pointer); }

#define CALL(result, name, parameters, arguments) \
  result name parameters { return name##_pointer arguments; }
FUNCTIONS(CALL)
#define CALL_PROCEDURE(result, name, parameters, arguments) \
  result name parameters { name##_pointer arguments; }
PROCEDURES(CALL_PROCEDURE)
