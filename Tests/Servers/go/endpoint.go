package main

import (
	"crypto/subtle"
	"mime"
	"net/http"
	"net/url"
)

// token is the token endpoint (RFC 6749 section 4.4).
func (s *service) token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Pragma", "no-cache")
	if r.Method != http.MethodPost {
		methodNotAllowed(w, "POST")
		return
	}
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err != nil || mediaType != "application/x-www-form-urlencoded" || r.ParseForm() != nil {
		tokenError(w, http.StatusBadRequest, "invalid_request")
		return
	}
	for _, values := range r.PostForm {
		if len(values) > 1 {
			tokenError(w, http.StatusBadRequest, "invalid_request")
			return
		}
	}
	c, problem := s.authenticate(r)
	if problem == "invalid_client" {
		w.Header().Set("WWW-Authenticate", `Basic realm="token", charset="UTF-8"`)
		tokenError(w, http.StatusUnauthorized, problem)
		return
	}
	if problem != "" {
		tokenError(w, http.StatusBadRequest, problem)
		return
	}
	switch r.PostForm.Get("grant_type") {
	case "client_credentials":
	case "":
		tokenError(w, http.StatusBadRequest, "invalid_request")
		return
	default:
		tokenError(w, http.StatusBadRequest, "unsupported_grant_type")
		return
	}
	if scope := r.PostForm.Get("scope"); scope != "" && scope != c.Connector {
		tokenError(w, http.StatusBadRequest, "invalid_scope")
		return
	}
	token, err := s.tokens.issue(grant{c.ID, c.Connector})
	if err != nil {
		http.Error(w, "no randomness", http.StatusInternalServerError)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": token, "token_type": "Bearer", "expires_in": int(lifetime.Seconds()), "scope": c.Connector,
	})
}

// authenticate finds the client of a request by one method (RFC 6749 section 2.3).
func (s *service) authenticate(r *http.Request) (c *client, problem string) {
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	if r.Header.Get("Authorization") != "" {
		user, password, ok := r.BasicAuth()
		if secret != "" || ok && id != "" && id != user {
			return nil, "invalid_request"
		}
		var idError, secretError error
		id, idError = url.QueryUnescape(user)
		secret, secretError = url.QueryUnescape(password)
		if !ok || idError != nil || secretError != nil {
			return nil, "invalid_client"
		}
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	found, ok := s.clients[id]
	if !ok || subtle.ConstantTimeCompare([]byte(found.secret), []byte(secret)) != 1 {
		return nil, "invalid_client"
	}
	return found, ""
}

func tokenError(w http.ResponseWriter, status int, code string) {
	writeJSON(w, status, map[string]any{"error": code})
}
