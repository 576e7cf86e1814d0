# A dedicated server in Godot 4: an autoload that talks to its sidecar in JSON over HTTP. Not run by our tests, which have no Godot 4.
extends Node

signal battle_started(session: Dictionary)
signal battle_updated(change: Dictionary)
signal process_terminating

const PATH := "/muster.sdk.v1.GameServerService/"
var place := ""
var is_ready := false

func environment(name: String, fallback: String) -> String:
	var value := OS.get_environment(name)
	return fallback if value == "" else value

func headers() -> PackedStringArray:
	var token := environment("MUSTER_SIDECAR_TOKEN", "")
	return PackedStringArray(["content-type: application/json", "authorization: Bearer " + token])

func open() -> HTTPClient:
	var address := environment("MUSTER_SIDECAR_HTTP", "127.0.0.1:7431").split(":")
	var client := HTTPClient.new()
	client.connect_to_host(address[0], int(address[1]))
	while client.get_status() in [HTTPClient.STATUS_CONNECTING, HTTPClient.STATUS_RESOLVING]:
		client.poll()
		await get_tree().process_frame
	return client

# Asks with the same words for up to ten seconds while nobody can answer. A refusal has a `reason`.
func ask(method: String, words: Dictionary) -> Dictionary:
	var ends := Time.get_ticks_msec() + 10_000
	while true:
		var client := await open()
		var answer := {"reason": "PEER_UNREACHABLE", "retry": "backoff"}
		if client.get_status() == HTTPClient.STATUS_CONNECTED:
			client.request(HTTPClient.METHOD_POST, PATH + method, headers(), JSON.stringify(words))
			var body := PackedByteArray()
			while client.get_status() in [HTTPClient.STATUS_REQUESTING, HTTPClient.STATUS_BODY]:
				client.poll()
				if client.get_status() == HTTPClient.STATUS_BODY:
					body.append_array(client.read_response_body_chunk())
				await get_tree().process_frame
			answer = JSON.parse_string(body.get_string_from_utf8())
		client.close()
		if answer.get("retry", "never") != "backoff" or Time.get_ticks_msec() > ends:
			return answer
		await get_tree().create_timer(0.2).timeout
	return {}

func _ready() -> void:
	while true:
		await watch()
		await get_tree().create_timer(0.2).timeout

# Reads the watch until it breaks; the next begins where this one ended.
func watch() -> void:
	var client := await open()
	if client.get_status() != HTTPClient.STATUS_CONNECTED:
		return
	var more := headers()
	if place != "":
		more.append("last-event-id: " + place)
	client.request(HTTPClient.METHOD_GET, PATH + "Watch?sdkName=godot", more)
	var bytes := PackedByteArray()
	while client.get_status() in [HTTPClient.STATUS_REQUESTING, HTTPClient.STATUS_BODY]:
		client.poll()
		if client.get_status() == HTTPClient.STATUS_BODY:
			bytes.append_array(client.read_response_body_chunk())
		var text := bytes.get_string_from_utf8() if bytes.size() > 0 and bytes[-1] == 10 else ""
		var last := text.rfind("\n\n")
		if last >= 0:
			bytes = text.substr(last + 2).to_utf8_buffer()
			for event in text.substr(0, last).split("\n\n"):
				await handle_event(event)
		await get_tree().process_frame

func handle_event(event: String) -> void:
	var fields := {}
	for line in event.split("\n"):
		var parts := line.split(": ", true, 1)
		if parts.size() == 2:
			fields[parts[0]] = parts[1]
	if not fields.has("data"):
		return
	var heard: Dictionary = JSON.parse_string(fields["data"])
	if fields.get("event", "") == "error":
		if heard.get("retry", "never") != "backoff":
			push_error(heard.get("reason", "UNKNOWN"))
			get_tree().quit(1)
		return
	await handle(heard)
	place = fields.get("id", place)

func handle(heard: Dictionary) -> void:
	if heard.has("opened") and not is_ready:
		is_ready = true
		await ask("ProcessReady", {})
	elif heard.has("startBattleSession"):
		var session: Dictionary = heard["startBattleSession"]["session"]
		battle_started.emit(session)  # Load what its properties and data say; then players may come.
		await ask("ActivateBattleSession", {"battleSessionId": session["battleSessionId"]})
	elif heard.has("sessionSnapshot") and heard["sessionSnapshot"]["session"].get("state", "") == "TERMINATING":
		await end_battle(heard["sessionSnapshot"]["session"]["battleSessionId"])
	elif heard.has("battleSessionUpdated"):
		var change: Dictionary = heard["battleSessionUpdated"]
		battle_updated.emit(change)
		if change.get("reason", "") == "SESSION_TERMINATING":
			await end_battle(change["battleSessionId"])
	elif heard.has("healthCheck"):
		await ask("ReportHealth", {"checkId": heard["healthCheck"]["checkId"], "healthy": true})
	elif heard.has("processTerminate"):
		process_terminating.emit()  # Save, say goodbye.
		await ask("ProcessEnding", {})
		get_tree().quit()

# For a client that presents its player session id: {"playerSession": …}, or {"reason": …}.
func accept_player(player_session_id: String, connection: String) -> Dictionary:
	return await ask("AcceptPlayerSession", {"playerSessionId": player_session_id, "requestId": connection})

func remove_player(player_session_id: String) -> Dictionary:
	return await ask("RemovePlayerSession", {"playerSessionId": player_session_id})

func end_battle(battle_session_id: String) -> Dictionary:
	return await ask("TerminateBattleSession", {"battleSessionId": battle_session_id})
