// A small service with a token endpoint and inbound URLs, as Go programs usually have them: net/http, maps behind a
// mutex, and time.Time. It knows nothing of conform. Standard library only.
package main

import (
	"flag"
	"log"
	"net/http"
	"os"
	"sync"
	"time"
)

const lifetime = 24 * time.Hour

var connectors = map[string]bool{"orders": true, "products": true}

type service struct {
	managerKey string
	tokens     tokenStore

	mutex   sync.Mutex
	clients map[string]*client
	inbox   map[string][]string
}

func main() {
	address := flag.String("listen", "127.0.0.1:0", "the address")
	kind := flag.String("kind", "kept", "tokens are kept: opaque tokens in memory; or signed: JSON Web Tokens")
	fault := flag.Duration("die-after", lifetime, "a fault: tokens die after this time, whatever the response promises")
	flag.Parse()

	var tokens tokenStore
	switch *kind {
	case "kept":
		tokens = newKeptTokens(*fault)
	case "signed":
		tokens = newSignedTokens(*fault)
	default:
		log.Fatalf("unknown kind of tokens: %s", *kind)
	}
	s := &service{
		managerKey: os.Getenv("CONFORM_MANAGER_KEY"),
		tokens:     tokens,
		clients:    map[string]*client{},
		inbox:      map[string][]string{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/ready", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"ready": true})
	})
	mux.HandleFunc("/oauth/token", s.token)
	mux.HandleFunc("/v1/acme/", s.inbound)
	mux.HandleFunc("/clients/", s.manage(s.serveClients))
	mux.HandleFunc("/inbox/", s.manage(s.serveInbox))
	server := &http.Server{Addr: *address, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}
