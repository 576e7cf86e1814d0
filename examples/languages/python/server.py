"""A dedicated server in Python on the client that gRPC's own tools generate from the contract, which is its one argument's folder."""

import os
import socketserver
import sys
import threading
import time
import uuid

import google
import grpc

GENERATED = sys.argv[1]
sys.path.insert(0, GENERATED)
google.__path__.append(os.path.join(GENERATED, "google"))  # google.rpc beside the installed google.protobuf.

from google.rpc import status_pb2  # noqa: E402
from muster.sdk.v1 import game_server_pb2 as sdk  # noqa: E402
from muster.sdk.v1 import game_server_pb2_grpc as sdk_grpc  # noqa: E402
from muster.session.v1 import session_pb2 as words  # noqa: E402

METADATA = (("authorization", "Bearer " + os.environ.get("MUSTER_SIDECAR_TOKEN", "")),)
sidecar = sdk_grpc.GameServerServiceStub(grpc.insecure_channel(os.environ.get("MUSTER_SIDECAR", "127.0.0.1:7430")))


def reason_of(error):
    """The stable reason of a refusal; the status's name where it has none."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                info = status_pb2.ErrorInfo()
                if detail.Unpack(info):
                    return info.reason
    return error.code().name


def call(method, request):
    """Asks with the same words for up to ten seconds while nobody can answer."""
    ends = time.monotonic() + 10
    while True:
        try:
            return method(request, timeout=10, metadata=METADATA)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNAVAILABLE or time.monotonic() > ends:
                raise
            time.sleep(0.2)


def handle(heard, ready):
    event = heard.WhichOneof("event")
    if event == "opened" and not ready.is_set():
        ready.set()
        call(sidecar.ProcessReady, sdk.ProcessReadyRequest())
    elif event == "start_battle_session":  # Load what its properties and data say; then players may come.
        battle = heard.start_battle_session.session.battle_session_id
        call(sidecar.ActivateBattleSession, sdk.ActivateBattleSessionRequest(battle_session_id=battle))
    elif event == "session_snapshot" and heard.session_snapshot.session.state == words.SESSION_STATE_TERMINATING:
        end(heard.session_snapshot.session)
    elif event == "battle_session_updated" and (
        heard.battle_session_updated.reason == words.CHANGE_REASON_SESSION_TERMINATING
    ):
        end(heard.battle_session_updated)
    elif event == "health_check":
        call(sidecar.ReportHealth, sdk.ReportHealthRequest(check_id=heard.health_check.check_id, healthy=True))
    elif event == "process_terminate":  # Save, say goodbye.
        call(sidecar.ProcessEnding, sdk.ProcessEndingRequest())
        os._exit(0)


def end(battle):
    request = sdk.TerminateBattleSessionRequest(battle_session_id=battle.battle_session_id)
    call(sidecar.TerminateBattleSession, request)


def watch():
    """Reads the watch, and opens it again where it broke: without resume_after all that is under way is told anew."""
    ready = threading.Event()
    while True:
        try:
            for heard in sidecar.Watch(sdk.WatchRequest(sdk_name="python"), metadata=METADATA, wait_for_ready=True):
                try:
                    handle(heard, ready)
                except grpc.RpcError as refused:
                    print(reason_of(refused), file=sys.stderr)
        except grpc.RpcError as broken:
            if broken.code() == grpc.StatusCode.FAILED_PRECONDITION:
                print(reason_of(broken), file=sys.stderr)
                os._exit(1)
        time.sleep(0.2)


class Client(socketserver.StreamRequestHandler):
    """A client sends its player session id on a line, and plays until it hangs up."""

    def handle(self):
        seat = self.rfile.readline().decode().strip()
        request = sdk.AcceptPlayerSessionRequest(player_session_id=seat, request_id=uuid.uuid4().hex)
        try:
            accepted = call(sidecar.AcceptPlayerSession, request)
        except grpc.RpcError as refused:
            self.wfile.write(f"sorry: {reason_of(refused)}\n".encode())
            return
        self.wfile.write(f"welcome {accepted.player_session.player_id}\n".encode())
        self.rfile.read()
        call(sidecar.RemovePlayerSession, sdk.RemovePlayerSessionRequest(player_session_id=seat))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


with Server(("", int(os.environ.get("MUSTER_PORT", "7500"))), Client) as server:
    threading.Thread(target=watch, daemon=True).start()
    server.serve_forever()
