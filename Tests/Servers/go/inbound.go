package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

const maxPayload = 8 << 20

// inbound takes payloads: POST /v1/acme/CONNECTOR.
func (s *service) inbound(w http.ResponseWriter, r *http.Request) {
	connector := strings.TrimPrefix(r.URL.Path, "/v1/acme/")
	if !connectors[connector] {
		notFound(w)
		return
	}
	if r.Method != http.MethodPost {
		methodNotAllowed(w, "POST")
		return
	}
	if !s.authorize(w, r, connector) {
		return
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		refuse(w, http.StatusUnsupportedMediaType, "content codings are not supported")
		return
	}
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, "expected application/json")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		refuse(w, http.StatusRequestEntityTooLarge, "more than 8 MiB")
		return
	case err != nil:
		refuse(w, http.StatusBadRequest, "the body cannot be read")
		return
	case len(bytes.TrimSpace(body)) == 0:
		refuse(w, http.StatusUnprocessableEntity, "the payload is blank")
		return
	case !utf8.Valid(body) || !json.Valid(body):
		refuse(w, http.StatusBadRequest, "not JSON")
		return
	case !isEntity(connector, body):
		refuse(w, http.StatusUnprocessableEntity, "not an entity of "+connector)
		return
	}
	receipt, err := randomText(9)
	if err != nil {
		http.Error(w, "no randomness", http.StatusInternalServerError)
		return
	}
	s.mutex.Lock()
	s.inbox[connector] = append(s.inbox[connector], string(body))
	s.mutex.Unlock()
	writeJSON(w, http.StatusCreated, map[string]any{"id": receipt, "bytes": len(body)})
}

// authorize checks the bearer token (RFC 6750 sections 2 and 3), and writes the response if it is refused.
func (s *service) authorize(w http.ResponseWriter, r *http.Request, connector string) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	isBearer := strings.EqualFold(scheme, "Bearer")
	if isBearer && r.URL.Query().Has("access_token") || len(r.Header.Values("Authorization")) > 1 {
		w.Header().Set("WWW-Authenticate", `Bearer realm="inbound", error="invalid_request"`)
		refuse(w, http.StatusBadRequest, "more than one token")
		return false
	}
	if !isBearer || token == "" {
		w.Header().Set("WWW-Authenticate", `Bearer realm="inbound"`)
		refuse(w, http.StatusUnauthorized, "a token is required")
		return false
	}
	g, ok := s.tokens.check(token)
	if !ok || !s.knows(g) || g.Connector != connector {
		w.Header().Set("WWW-Authenticate", `Bearer realm="inbound", error="invalid_token"`)
		refuse(w, http.StatusUnauthorized, "the token is not valid")
		return false
	}
	return true
}

func isEntity(connector string, body []byte) bool {
	var order struct {
		ID    *string            `json:"id"`
		Lines *[]json.RawMessage `json:"lines"`
	}
	var product struct {
		SKU   *string  `json:"sku"`
		Price *float64 `json:"price"`
	}
	if connector == "orders" {
		return json.Unmarshal(body, &order) == nil && order.ID != nil && order.Lines != nil
	}
	return json.Unmarshal(body, &product) == nil && product.SKU != nil && product.Price != nil
}

// serveInbox shows the payloads that contain a text.
func (s *service) serveInbox(w http.ResponseWriter, r *http.Request, path []string) {
	wanted := r.URL.Query().Get("contains")
	found := []string{}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, body := range s.inbox[path[0]] {
		if strings.Contains(body, wanted) {
			found = append(found, body)
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"payloads": found})
}

func refuse(w http.ResponseWriter, status int, reason string) {
	writeJSON(w, status, map[string]any{"error": reason})
}

func notFound(w http.ResponseWriter) { refuse(w, http.StatusNotFound, "no such resource") }

func methodNotAllowed(w http.ResponseWriter, allowed string) {
	w.Header().Set("Allow", allowed)
	refuse(w, http.StatusMethodNotAllowed, "use "+allowed)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		http.Error(w, "no JSON", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}
