//! A dedicated server in Rust, with ureq and serde_json: it talks to its sidecar in JSON over HTTP.
use serde_json::{json, Value};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(200);

fn environment(name: &str, fallback: &str) -> String {
    std::env::var(name).ok().filter(|value| !value.is_empty()).unwrap_or_else(|| fallback.into())
}

fn request(method: &str, path: &str) -> ureq::Request {
    let sidecar = environment("MUSTER_SIDECAR_HTTP", "127.0.0.1:7431");
    let token = environment("MUSTER_SIDECAR_TOKEN", "");
    ureq::request(method, &format!("http://{sidecar}/muster.sdk.v1.GameServerService/{path}"))
        .set("content-type", "application/json")
        .set("authorization", &format!("Bearer {token}"))
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// Asks with the same words for up to ten seconds while nobody can answer. What is refused for good is an error: its reason.
fn call(method: &str, words: Value) -> Result<Value, String> {
    let ends = Instant::now() + Duration::from_secs(10);
    loop {
        let reason = match request("POST", method).send_string(&words.to_string()) {
            Ok(answer) => return Ok(parse(&answer.into_string().map_err(|error| error.to_string())?)),
            Err(ureq::Error::Status(_, answer)) => {
                let refused = parse(&answer.into_string().unwrap_or_default());
                let reason = refused["reason"].as_str().unwrap_or("UNKNOWN").to_string();
                if refused["retry"] != "backoff" {
                    return Err(reason);
                }
                reason
            }
            Err(broken) => broken.to_string(),
        };
        if Instant::now() > ends {
            return Err(reason);
        }
        sleep(PAUSE);
    }
}

fn handle(heard: &Value, is_ready: &mut bool) -> Result<Value, String> {
    let end = |battle: &Value| call("TerminateBattleSession", json!({ "battleSessionId": battle["battleSessionId"] }));
    let (started, known) = (&heard["startBattleSession"]["session"], &heard["sessionSnapshot"]["session"]);
    let change = &heard["battleSessionUpdated"];
    if heard["opened"].is_object() && !*is_ready {
        *is_ready = true;
        return call("ProcessReady", json!({}));
    }
    if started.is_object() {
        // Load what its properties and data say; then players may come.
        return call("ActivateBattleSession", json!({ "battleSessionId": started["battleSessionId"] }));
    }
    if known["state"] == "TERMINATING" {
        return end(known);
    }
    if change["reason"] == "SESSION_TERMINATING" {
        return end(change);
    }
    if heard["healthCheck"].is_object() {
        return call("ReportHealth", json!({ "checkId": heard["healthCheck"]["checkId"], "healthy": true }));
    }
    if heard["processTerminate"].is_object() {
        // Save, say goodbye.
        if let Err(reason) = call("ProcessEnding", json!({})) {
            eprintln!("{reason}");
        }
        std::process::exit(0);
    }
    Ok(Value::Null) // A newer sidecar says more.
}

/// Reads the watch, and opens it again where it broke.
fn watch() {
    let (mut place, mut is_ready) = (String::new(), false);
    loop {
        let mut asking = request("GET", "Watch?sdkName=rust");
        if !place.is_empty() {
            asking = asking.set("last-event-id", &place);
        }
        if let Ok(answer) = asking.call() {
            let (mut kind, mut id) = (String::new(), place.clone());
            for line in BufReader::new(answer.into_reader()).lines().map_while(Result::ok) {
                match line.split_once(": ") {
                    Some(("event", value)) => kind = value.into(),
                    Some(("id", value)) => id = value.into(),
                    Some(("data", value)) if kind == "error" => {
                        let refused = parse(value);
                        if refused["retry"] != "backoff" {
                            eprintln!("{}", refused["reason"]);
                            std::process::exit(1);
                        }
                    }
                    Some(("data", value)) => {
                        if let Err(reason) = handle(&parse(value), &mut is_ready) {
                            eprintln!("{reason}");
                        }
                        place = id.clone();
                    }
                    _ => kind.clear(),
                }
            }
        }
        sleep(PAUSE);
    }
}

/// A client sends its player session id on a line, and plays until it hangs up.
fn serve(mut client: TcpStream) -> std::io::Result<()> {
    static CONNECTIONS: AtomicU64 = AtomicU64::new(0);
    let connection = CONNECTIONS.fetch_add(1, Ordering::Relaxed);
    let mut lines = BufReader::new(client.try_clone()?);
    let mut seat = String::new();
    lines.read_line(&mut seat)?;
    let seat = seat.trim();
    let request_id = format!("rust-{}-{connection}", std::process::id());
    match call("AcceptPlayerSession", json!({ "playerSessionId": seat, "requestId": request_id })) {
        Err(reason) => writeln!(client, "sorry: {reason}"),
        Ok(accepted) => {
            let player = accepted["playerSession"]["playerId"].as_str().unwrap_or_default().to_string();
            writeln!(client, "welcome {player}")?;
            let gone = lines.read_to_end(&mut Vec::new());
            if let Err(reason) = call("RemovePlayerSession", json!({ "playerSessionId": seat })) {
                eprintln!("{reason}");
            }
            gone.map(|_| ())
        }
    }
}

fn main() -> std::io::Result<()> {
    let server = TcpListener::bind(format!("0.0.0.0:{}", environment("MUSTER_PORT", "7500")))?;
    spawn(watch);
    for client in server.incoming() {
        let client = client?;
        spawn(move || {
            if let Err(broken) = serve(client) {
                eprintln!("{broken}");
            }
        });
    }
    Ok(())
}
