package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"time"
)

// A grant is what a valid token allows.
type grant struct {
	Client    string
	Connector string
}

type tokenStore interface {
	issue(g grant) (string, error)
	// check returns the grant of a valid token.
	check(token string) (grant, bool)
}

// keptTokens keeps opaque tokens in memory, with the time.Time of their expiry.
type keptTokens struct {
	lifetime time.Duration
	mutex    sync.Mutex
	known    map[string]keptToken
}

type keptToken struct {
	grant
	expires time.Time
}

func newKeptTokens(lifetime time.Duration) *keptTokens {
	return &keptTokens{lifetime: lifetime, known: map[string]keptToken{}}
}

func (k *keptTokens) issue(g grant) (string, error) {
	token, err := randomText(24)
	if err != nil {
		return "", err
	}
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.known[token] = keptToken{grant: g, expires: time.Now().Add(k.lifetime)}
	return token, nil
}

func (k *keptTokens) check(token string) (grant, bool) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	found, ok := k.known[token]
	if !ok || !time.Now().Before(found.expires) {
		return grant{}, false
	}
	return found.grant, true
}

// signedTokens are JSON Web Tokens (RFC 7519) with HMAC SHA-256.
type signedTokens struct {
	lifetime time.Duration
	key      []byte
}

type claims struct {
	ID        string `json:"jti"`
	Subject   string `json:"sub"`
	Audience  string `json:"aud"`
	IssuedAt  int64  `json:"iat"`
	ExpiresAt int64  `json:"exp"`
}

const header = `{"alg":"HS256","typ":"JWT"}`

func newSignedTokens(lifetime time.Duration) *signedTokens {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		panic(err)
	}
	return &signedTokens{lifetime: lifetime, key: key}
}

func (s *signedTokens) issue(g grant) (string, error) {
	id, err := randomText(12)
	if err != nil {
		return "", err
	}
	now := time.Now()
	body, err := json.Marshal(claims{id, g.Client, g.Connector, now.Unix(), now.Add(s.lifetime).Unix()})
	if err != nil {
		return "", err
	}
	text := encode([]byte(header)) + "." + encode(body)
	return text + "." + encode(s.sign(text)), nil
}

func (s *signedTokens) check(token string) (grant, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return grant{}, false
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil || !hmac.Equal(signature, s.sign(parts[0]+"."+parts[1])) {
		return grant{}, false
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	var c claims
	if err != nil || json.Unmarshal(body, &c) != nil || time.Now().Unix() >= c.ExpiresAt {
		return grant{}, false
	}
	return grant{c.Subject, c.Audience}, true
}

func (s *signedTokens) sign(text string) []byte {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func encode(bytes []byte) string { return base64.RawURLEncoding.EncodeToString(bytes) }

func randomText(size int) (string, error) {
	bytes := make([]byte, size)
	if _, err := rand.Read(bytes); err != nil {
		return "", err
	}
	return encode(bytes), nil
}
