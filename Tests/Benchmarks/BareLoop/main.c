// The plainest client there can be for the benchmark's three requests: one curl_multi loop in C that checks statuses and
// nothing else. What a harness needs beyond this is its own cost.
//
//   MANAGER_KEY=... bare-loop URLBASE SCENARIOS CONCURRENCY
//
// Each scenario registers a client, gets a token for it and posts an order with the token. Prints one line of JSON;
// exits with 1 if any status was not the expected one, with 2 if it cannot run.

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum step { REGISTER, TOKEN, ORDER, STEPS };

static const long expected[STEPS] = {201, 200, 201};

struct scenario {
  CURL *easy;
  struct curl_slist *headers;
  enum step step;
  long number;
  char id[256], secret[256], token[1024], body[256];
  char answer[4096];
  size_t length;
};

static const char *base, *manager_key;
static long started, total, requests, failures;

static size_t take(char *bytes, size_t size, size_t count, void *context) {
  struct scenario *scenario = context;
  size_t room = sizeof scenario->answer - 1 - scenario->length, taken = size * count < room ? size * count : room;
  memcpy(scenario->answer + scenario->length, bytes, taken);
  scenario->length += taken;
  scenario->answer[scenario->length] = 0;
  return size * count;
}

/// Copies the text member `name` of the JSON answer, without unescaping; 0 if it is missing or too long.
static int member(const char *answer, const char *name, char *into, size_t room) {
  char key[64];
  snprintf(key, sizeof key, "\"%s\"", name);
  const char *at = strstr(answer, key);
  if (!at || !(at = strchr(at + strlen(key), '"'))) return 0;
  const char *end = strchr(++at, '"');
  if (!end || (size_t)(end - at) >= room) return 0;
  memcpy(into, at, (size_t)(end - at));
  into[end - at] = 0;
  return 1;
}

static void add_header(struct scenario *scenario, const char *name, const char *value) {
  char line[1200];
  snprintf(line, sizeof line, "%s: %s", name, value);
  struct curl_slist *headers = curl_slist_append(scenario->headers, line);
  if (!headers) exit(2);
  scenario->headers = headers;
}

/// Describes the scenario's next request to its handle.
static void prepare(struct scenario *scenario) {
  static const char *const paths[STEPS] = {"/connectors/orders/clients", "/connectors/orders/oauth/token", "/v1/acme/orders"};
  char url[1024], bearer[1100];
  CURL *easy = scenario->easy;
  snprintf(url, sizeof url, "%s%s", base, paths[scenario->step]);
  curl_slist_free_all(scenario->headers);
  scenario->headers = NULL;
  scenario->length = 0;
  scenario->answer[0] = 0;
  curl_easy_reset(easy);
  switch (scenario->step) {
    case REGISTER:
      snprintf(scenario->body, sizeof scenario->body, "{\"name\":\"bench\"}");
      snprintf(bearer, sizeof bearer, "Bearer %s", manager_key);
      break;
    case TOKEN:
      snprintf(scenario->body, sizeof scenario->body, "grant_type=client_credentials");
      curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
      curl_easy_setopt(easy, CURLOPT_USERNAME, scenario->id);
      curl_easy_setopt(easy, CURLOPT_PASSWORD, scenario->secret);
      break;
    default:
      snprintf(
          scenario->body, sizeof scenario->body, "{\"id\":\"bench-%ld\",\"lines\":[{\"sku\":\"A-1\",\"quantity\":1}]}",
          scenario->number);
      snprintf(bearer, sizeof bearer, "Bearer %s", scenario->token);
  }
  if (scenario->step != TOKEN) {
    add_header(scenario, "Authorization", bearer);
    add_header(scenario, "Content-Type", "application/json");
  }
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, scenario->body);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, scenario->headers);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, scenario);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, scenario);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 10000L);
}

/// Goes on to the next scenario; 0 if there is none left.
static int restart(struct scenario *scenario) {
  if (started == total) return 0;
  scenario->number = started++;
  scenario->step = REGISTER;
  return 1;
}

/// Judges the answer and moves on; 0 if there is nothing left to do.
static int advance(struct scenario *scenario, CURLcode code) {
  long status = 0;
  requests++;
  curl_easy_getinfo(scenario->easy, CURLINFO_RESPONSE_CODE, &status);
  int good = code == CURLE_OK && status == expected[scenario->step];
  if (good && scenario->step == REGISTER)
    good = member(scenario->answer, "client_id", scenario->id, sizeof scenario->id) &&
           member(scenario->answer, "client_secret", scenario->secret, sizeof scenario->secret);
  if (good && scenario->step == TOKEN) good = member(scenario->answer, "access_token", scenario->token, sizeof scenario->token);
  if (!good) {
    if (!failures++)
      fprintf(stderr, "bare-loop: step %d: %s, status %ld\n", scenario->step + 1, curl_easy_strerror(code), status);
    return restart(scenario);
  }
  if (++scenario->step == STEPS) return restart(scenario);
  return 1;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double cpu(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int main(int count, char **arguments) {
  long concurrency = count == 4 ? strtol(arguments[3], NULL, 10) : 0;
  total = count == 4 ? strtol(arguments[2], NULL, 10) : 0;
  base = count == 4 ? arguments[1] : NULL;
  manager_key = getenv("MANAGER_KEY");
  if (total < 1 || concurrency < 1 || concurrency > 10000 || !manager_key) {
    fprintf(stderr, "usage: MANAGER_KEY=... bare-loop URLBASE SCENARIOS CONCURRENCY\n");
    return 2;
  }
  if (curl_global_init(CURL_GLOBAL_ALL)) return 2;
  CURLM *multi = curl_multi_init();
  struct scenario *scenarios = calloc((size_t)concurrency, sizeof *scenarios);
  if (!multi || !scenarios) return 2;
  // The default shrinks with the handles added at a moment, and closes connections that are about to be used again.
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, concurrency);

  double start = now(), start_cpu = cpu();
  for (long index = 0; index < concurrency; index++) {
    struct scenario *scenario = &scenarios[index];
    if (!restart(scenario)) break;
    if (!(scenario->easy = curl_easy_init())) return 2;
    prepare(scenario);
    curl_multi_add_handle(multi, scenario->easy);
  }
  int running = 1;
  while (running) {
    if (curl_multi_perform(multi, &running)) return 2;
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(multi, &left))) {
      char *context = NULL;
      CURLcode code = message->data.result;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
      struct scenario *scenario = (struct scenario *)context;
      curl_multi_remove_handle(multi, scenario->easy);
      if (advance(scenario, code)) {
        prepare(scenario);
        curl_multi_add_handle(multi, scenario->easy);
        running = 1;
      }
    }
    if (running && curl_multi_poll(multi, NULL, 0, 1000, NULL)) return 2;
  }
  double seconds = now() - start, cpu_seconds = cpu() - start_cpu;
  printf(
      "{\"scenarios\":%ld,\"concurrency\":%ld,\"requests\":%ld,\"failures\":%ld,\"seconds\":%.6f,\"cpu_seconds\":%.6f}\n",
      total, concurrency, requests, failures, seconds, cpu_seconds);
  for (long index = 0; index < concurrency; index++) {
    if (scenarios[index].easy) curl_easy_cleanup(scenarios[index].easy);
    curl_slist_free_all(scenarios[index].headers);
  }
  curl_multi_cleanup(multi);
  free(scenarios);
  curl_global_cleanup();
  return failures ? 1 : 0;
}
