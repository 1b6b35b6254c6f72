package main

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"sort"
	"strings"
)

type client struct {
	ID        string `json:"client_id"`
	Name      string `json:"name"`
	Connector string `json:"connector"`
	secret    string
}

// manage lets a handler be used with the key of the manager only.
func (s *service) manage(next func(http.ResponseWriter, *http.Request, []string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		want := "Bearer " + s.managerKey
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte(want)) != 1 {
			w.Header().Set("WWW-Authenticate", `Bearer realm="manager"`)
			writeJSON(w, http.StatusUnauthorized, map[string]any{"error": "the manager key is required"})
			return
		}
		path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")[1:]
		if len(path) == 0 || !connectors[path[0]] {
			notFound(w)
			return
		}
		next(w, r, path)
	}
}

// serveClients serves /clients/CONNECTOR and /clients/CONNECTOR/ID.
func (s *service) serveClients(w http.ResponseWriter, r *http.Request, path []string) {
	switch {
	case len(path) == 1 && r.Method == http.MethodPost:
		s.create(w, r, path[0])
	case len(path) == 1 && r.Method == http.MethodGet:
		s.list(w, path[0])
	case len(path) == 2 && (r.Method == http.MethodGet || r.Method == http.MethodDelete):
		s.mutex.Lock()
		defer s.mutex.Unlock()
		found, ok := s.clients[path[1]]
		if !ok || found.Connector != path[0] {
			notFound(w)
			return
		}
		if r.Method == http.MethodDelete {
			delete(s.clients, path[1])
			w.WriteHeader(http.StatusNoContent)
			return
		}
		writeJSON(w, http.StatusOK, found)
	case len(path) == 1:
		methodNotAllowed(w, "GET, POST")
	case len(path) == 2:
		methodNotAllowed(w, "DELETE, GET")
	default:
		notFound(w)
	}
}

func (s *service) create(w http.ResponseWriter, r *http.Request, connector string) {
	var wanted struct {
		Name string `json:"name"`
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if json.NewDecoder(r.Body).Decode(&wanted) != nil || strings.TrimSpace(wanted.Name) == "" {
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": "expected a name"})
		return
	}
	id, err := randomText(12)
	secret, other := randomText(24)
	if err != nil || other != nil {
		http.Error(w, "no randomness", http.StatusInternalServerError)
		return
	}
	created := &client{ID: id, Name: wanted.Name, Connector: connector, secret: secret}
	s.mutex.Lock()
	s.clients[id] = created
	s.mutex.Unlock()
	// the only response that shows the secret
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusCreated, map[string]any{"client_id": id, "client_secret": secret, "name": created.Name})
}

func (s *service) list(w http.ResponseWriter, connector string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	found := []*client{}
	for _, one := range s.clients {
		if one.Connector == connector {
			found = append(found, one)
		}
	}
	sort.Slice(found, func(a, b int) bool { return found[a].ID < found[b].ID })
	writeJSON(w, http.StatusOK, map[string]any{"clients": found})
}

// knows reports whether the client of a grant still exists.
func (s *service) knows(g grant) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	_, ok := s.clients[g.Client]
	return ok
}
