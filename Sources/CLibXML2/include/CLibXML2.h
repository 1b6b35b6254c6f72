// libxml2 for Swift, and what Swift cannot reach of it by itself. It is imported as it is, if loading.c has it in its
// table. Nothing may be called before `conform_xml_load`.
#ifndef CONFORM_CLIBXML2_SHIM_H
#define CONFORM_CLIBXML2_SHIM_H

// ICU's headers would come along, and Foundation has its own version of them: the compiler refuses two in one module.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlwriter.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

/// Loads libxml2; only the first call does, and others wait for it. The reason if it cannot be loaded, or null.
const char *conform_xml_load(void);

/// Frees what libxml2 allocated for its caller.
void conform_xml_free(void *pointer);

// The types of structured error functions differ between versions of libxml2; errors are read from contexts instead.
typedef void (*conform_xml_error_function)(void *context, xmlErrorPtr error);
static inline void conform_xml_schema_parser_errors(xmlSchemaParserCtxtPtr context, conform_xml_error_function function, void *user) {
  xmlSchemaSetParserStructuredErrors(context, (xmlStructuredErrorFunc)function, user);
}
static inline void conform_xml_schema_valid_errors(xmlSchemaValidCtxtPtr context, conform_xml_error_function function, void *user) {
  xmlSchemaSetValidStructuredErrors(context, (xmlStructuredErrorFunc)function, user);
}
// The function's context is the parser; what belongs to the caller hangs on it.
static inline void conform_xml_parser_errors(xmlParserCtxtPtr context, conform_xml_error_function function, void *user) {
  context->_private = user;
  context->sax->serror = (xmlStructuredErrorFunc)function;
}
// Some errors go past the context, to the standard error of the process: the function for those belongs to the thread.
static inline void conform_xml_silence(void *context, const char *message, ...) {}
static inline void conform_xml_xpath_quiet(xmlXPathContextPtr context, conform_xml_error_function function) {
  context->error = (xmlStructuredErrorFunc)function;
  xmlSetGenericErrorFunc(NULL, conform_xml_silence);
}

#endif
