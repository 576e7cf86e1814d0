// A dedicated server on Go's standard library alone: it talks to its sidecar in JSON over HTTP.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

func environment(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

var sidecar = "http://" + environment("MUSTER_SIDECAR_HTTP", "127.0.0.1:7431") + "/muster.sdk.v1.GameServerService/"

func send(method, path string, body []byte, place string) (*http.Response, error) {
	request, err := http.NewRequest(method, sidecar+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("content-type", "application/json")
	request.Header.Set("authorization", "Bearer "+os.Getenv("MUSTER_SIDECAR_TOKEN"))
	if place != "" {
		request.Header.Set("last-event-id", place)
	}
	return http.DefaultClient.Do(request)
}

type words map[string]any

// Asks with the same words for up to ten seconds while nobody can answer. What is refused for good is an error: its reason.
func call(method string, request words, answer any) error {
	body, err := json.Marshal(request)
	for ends := time.Now().Add(10 * time.Second); err == nil; time.Sleep(200 * time.Millisecond) {
		var refused struct{ Reason, Retry string }
		response, failure := send("POST", method, body, "")
		if failure == nil {
			defer response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return json.NewDecoder(response.Body).Decode(answer)
			}
			failure = json.NewDecoder(response.Body).Decode(&refused)
		}
		if refused.Retry != "" && refused.Retry != "backoff" {
			return errors.New(refused.Reason)
		}
		if time.Now().After(ends) {
			return fmt.Errorf("%s: %s %v", method, refused.Reason, failure)
		}
	}
	return err
}

type session struct{ BattleSessionId, State, Reason string }

type event struct {
	Opened               *struct{}
	StartBattleSession   *struct{ Session session }
	SessionSnapshot      *struct{ Session session }
	BattleSessionUpdated *session
	HealthCheck          *struct{ CheckId string }
	ProcessTerminate     *struct{}
}

var isReady = false

func handle(heard event) error {
	nothing := words{}
	end := func(id string) error { return call("TerminateBattleSession", words{"battleSessionId": id}, &nothing) }
	switch {
	case heard.Opened != nil && !isReady:
		isReady = true
		return call("ProcessReady", words{}, &nothing)
	case heard.StartBattleSession != nil: // Load what its properties and data say; then players may come.
		id := heard.StartBattleSession.Session.BattleSessionId
		return call("ActivateBattleSession", words{"battleSessionId": id}, &nothing)
	case heard.SessionSnapshot != nil && heard.SessionSnapshot.Session.State == "TERMINATING":
		return end(heard.SessionSnapshot.Session.BattleSessionId)
	case heard.BattleSessionUpdated != nil && heard.BattleSessionUpdated.Reason == "SESSION_TERMINATING":
		return end(heard.BattleSessionUpdated.BattleSessionId)
	case heard.HealthCheck != nil:
		return call("ReportHealth", words{"checkId": heard.HealthCheck.CheckId, "healthy": true}, &nothing)
	case heard.ProcessTerminate != nil: // Save, say goodbye.
		err := call("ProcessEnding", words{}, &nothing)
		if err != nil {
			log.Print(err)
		}
		os.Exit(0)
	}
	return nil
}

// Reads the watch, and opens it again where it broke. Returns when it is told not to come back.
func watch() {
	for place := ""; ; time.Sleep(200 * time.Millisecond) {
		response, err := send("GET", "Watch?sdkName=go", nil, place)
		if err != nil {
			continue
		}
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 8<<20)
		kind, id := "", ""
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case name == "event":
				kind = value
			case name == "id":
				id = value
			case name == "data" && kind == "error":
				var refused struct{ Reason, Retry string }
				if json.Unmarshal([]byte(value), &refused) == nil && refused.Retry != "backoff" {
					log.Fatal(refused.Reason)
				}
			case name == "data":
				var heard event
				if err := json.Unmarshal([]byte(value), &heard); err != nil {
					log.Fatal(err)
				}
				if err := handle(heard); err != nil {
					log.Print(err)
				}
				place = id
			case name == "":
				kind = ""
			}
		}
		response.Body.Close()
	}
}

// A client sends its player session id on a line, and plays until it hangs up.
func serve(client net.Conn) {
	defer client.Close()
	lines := bufio.NewScanner(client)
	lines.Scan()
	seat := strings.TrimSpace(lines.Text())
	request := words{"playerSessionId": seat, "requestId": fmt.Sprint("go-", time.Now().UnixNano())}
	var accepted struct {
		PlayerSession struct{ PlayerId string }
	}
	if err := call("AcceptPlayerSession", request, &accepted); err != nil {
		fmt.Fprintf(client, "sorry: %v\n", err)
		return
	}
	fmt.Fprintf(client, "welcome %s\n", accepted.PlayerSession.PlayerId)
	for lines.Scan() {
	}
	if err := call("RemovePlayerSession", words{"playerSessionId": seat}, &words{}); err != nil {
		log.Print(err)
	}
}

func main() {
	server, err := net.Listen("tcp", ":"+environment("MUSTER_PORT", "7500"))
	if err != nil {
		log.Fatal(err)
	}
	go watch()
	for {
		client, err := server.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(client)
	}
}
