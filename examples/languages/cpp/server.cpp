// A dedicated server in C++ on the client that gRPC's own tools generate from the contract.
#include <arpa/inet.h>
#include <grpcpp/grpcpp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "google/rpc/status.pb.h"
#include "muster/sdk/v1/game_server.grpc.pb.h"

namespace sdk = muster::sdk::v1;
using Service = sdk::GameServerService;

static std::string environment(const char* name, const std::string& fallback) {
  const char* value = std::getenv(name);
  return value && *value ? value : fallback;
}

static const std::unique_ptr<Service::Stub> sidecar = Service::NewStub(
    grpc::CreateChannel(environment("MUSTER_SIDECAR", "127.0.0.1:7430"), grpc::InsecureChannelCredentials()));

static void sign(grpc::ClientContext& context) {
  context.AddMetadata("authorization", "Bearer " + environment("MUSTER_SIDECAR_TOKEN", ""));
}

// The stable reason of a refusal; the status's text where it has none.
static std::string reason_of(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (details.ParseFromString(status.error_details()))
    for (const auto& detail : details.details())
      if (detail.UnpackTo(&info)) return info.reason();
  return status.error_message();
}

// Asks with the same words for up to ten seconds while nobody can answer.
template <typename Request, typename Response>
static grpc::Status call(grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                         const Request& request, Response* response) {
  const auto ends = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  for (;;) {
    grpc::ClientContext context;
    sign(context);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    const grpc::Status status = ((*sidecar).*method)(&context, request, response);
    const bool later = status.error_code() == grpc::StatusCode::UNAVAILABLE && std::chrono::steady_clock::now() < ends;
    if (!later) {
      if (!status.ok()) std::cerr << reason_of(status) << std::endl;
      return status;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

static void end_battle(const std::string& battle_session_id) {
  sdk::TerminateBattleSessionRequest request;
  sdk::TerminateBattleSessionResponse response;
  request.set_battle_session_id(battle_session_id);
  call(&Service::Stub::TerminateBattleSession, request, &response);
}

static void handle(const sdk::WatchResponse& heard) {
  static bool is_ready = false;
  switch (heard.event_case()) {
    case sdk::WatchResponse::kOpened: {
      if (is_ready) return;
      is_ready = true;
      sdk::ProcessReadyResponse response;
      call(&Service::Stub::ProcessReady, sdk::ProcessReadyRequest(), &response);
      return;
    }
    case sdk::WatchResponse::kStartBattleSession: {  // Load what its properties and data say; then players may come.
      sdk::ActivateBattleSessionRequest request;
      sdk::ActivateBattleSessionResponse response;
      request.set_battle_session_id(heard.start_battle_session().session().battle_session_id());
      call(&Service::Stub::ActivateBattleSession, request, &response);
      return;
    }
    case sdk::WatchResponse::kSessionSnapshot: {
      const auto& session = heard.session_snapshot().session();
      if (session.state() == muster::session::v1::SESSION_STATE_TERMINATING) end_battle(session.battle_session_id());
      return;
    }
    case sdk::WatchResponse::kBattleSessionUpdated: {
      const auto& change = heard.battle_session_updated();
      if (change.reason() == muster::session::v1::CHANGE_REASON_SESSION_TERMINATING)
        end_battle(change.battle_session_id());
      return;
    }
    case sdk::WatchResponse::kHealthCheck: {
      sdk::ReportHealthRequest request;
      sdk::ReportHealthResponse response;
      request.set_check_id(heard.health_check().check_id());
      request.set_healthy(true);
      call(&Service::Stub::ReportHealth, request, &response);
      return;
    }
    case sdk::WatchResponse::kProcessTerminate: {  // Save, say goodbye.
      sdk::ProcessEndingResponse response;
      call(&Service::Stub::ProcessEnding, sdk::ProcessEndingRequest(), &response);
      std::_Exit(0);
    }
    default:
      return;  // A newer sidecar says more.
  }
}

// Reads the watch, and opens it again where it broke: without resume_after everything that is under way is told anew.
static void watch() {
  for (;;) {
    grpc::ClientContext context;
    sign(context);
    context.set_wait_for_ready(true);
    sdk::WatchRequest request;
    request.set_sdk_name("cpp");
    const auto stream = sidecar->Watch(&context, request);
    sdk::WatchResponse heard;
    while (stream->Read(&heard)) handle(heard);
    const grpc::Status status = stream->Finish();
    if (status.error_code() == grpc::StatusCode::FAILED_PRECONDITION) {
      std::cerr << reason_of(status) << std::endl;
      std::_Exit(1);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

static std::string read_line(int client) {
  std::string line;
  for (char letter; read(client, &letter, 1) == 1 && letter != '\n';)
    if (letter != '\r') line += letter;
  return line;
}

static void say(int client, const std::string& line) { send(client, line.data(), line.size(), MSG_NOSIGNAL); }

// A client sends its player session id on a line, and plays until it hangs up.
static void serve(int client) {
  static std::atomic<int> connections{0};
  sdk::AcceptPlayerSessionRequest request;
  sdk::AcceptPlayerSessionResponse accepted;
  request.set_player_session_id(read_line(client));
  request.set_request_id("cpp-" + std::to_string(getpid()) + "-" + std::to_string(++connections));
  const grpc::Status status = call(&Service::Stub::AcceptPlayerSession, request, &accepted);
  if (!status.ok()) {
    say(client, "sorry: " + reason_of(status) + "\n");
  } else {
    say(client, "welcome " + accepted.player_session().player_id() + "\n");
    for (char byte; read(client, &byte, 1) == 1;) continue;
    sdk::RemovePlayerSessionRequest remove;
    sdk::RemovePlayerSessionResponse removed;
    remove.set_player_session_id(request.player_session_id());
    call(&Service::Stub::RemovePlayerSession, remove, &removed);
  }
  close(client);
}

int main() {
  const int server = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(std::stoi(environment("MUSTER_PORT", "7500")));
  if (bind(server, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(server, 64) != 0) {
    std::cerr << "Cannot listen" << std::endl;
    return 1;
  }
  std::thread(watch).detach();
  for (;;) {
    const int client = accept(server, nullptr, nullptr);
    if (client >= 0) std::thread(serve, client).detach();
  }
}
