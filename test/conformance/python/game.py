"""The game that conformance asks for, in Python, on nothing but the generated client.

It becomes ready, activates the battle that it is given, accepts whoever has a seat, removes whoever leaves, answers health
checks, goes on after a broken stream where it was, and ends when it is told to. The folder of generated code is its one argument;
MUSTER_SIDECAR and MUSTER_SIDECAR_TOKEN say where the sidecar is, as for any game.
"""

import os
import sys
import threading
import time
import uuid

import google
import grpc

GENERATED = sys.argv[1]
sys.path.insert(0, GENERATED)
google.__path__.append(os.path.join(GENERATED, "google"))  # google.rpc beside the installed google.protobuf.

from google.protobuf.json_format import MessageToDict  # noqa: E402
from google.rpc import status_pb2  # noqa: E402
from muster.sdk.v1 import game_server_pb2 as sdk  # noqa: E402
from muster.sdk.v1 import game_server_pb2_grpc as sdk_grpc  # noqa: E402
from muster.session.v1 import session_pb2 as session_words  # noqa: E402

CALL_SECONDS = 10
RETRY_SECONDS = 0.2


def reason_of(error):
    """The stable reason of a refusal, from google.rpc.ErrorInfo; the status's name where there is none."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                info = status_pb2.ErrorInfo()
                if detail.Unpack(info):
                    return info.reason
    return error.code().name


class Game:
    def __init__(self):
        token = os.environ.get("MUSTER_SIDECAR_TOKEN", "")
        self.metadata = (("authorization", "Bearer " + token),) if token else ()
        self.channel = grpc.insecure_channel(os.environ.get("MUSTER_SIDECAR", "127.0.0.1:7430"))
        self.sidecar = sdk_grpc.GameServerServiceStub(self.channel)
        self.handled = {}  # By battle session: the last revision that was acted upon. 0: a snapshot is needed.
        self.asked = set()  # Player sessions that were asked for once: their answer stands.
        self.ready = False
        self.over = False

    def call(self, method, request):
        """The answer of a call, asked for again with the same words while nobody can answer."""
        ends = time.monotonic() + CALL_SECONDS
        while True:
            try:
                return method(request, timeout=CALL_SECONDS, metadata=self.metadata)
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.UNAVAILABLE or time.monotonic() > ends:
                    raise
                time.sleep(RETRY_SECONDS)

    def play(self):
        while not self.over:
            request = sdk.WatchRequest(sdk_name="python-conformance", sdk_version="1", sdk_language="python")
            for battle_session_id, revision in self.handled.items():
                request.resume_after[battle_session_id] = revision
            try:
                stream = self.sidecar.Watch(request, metadata=self.metadata, wait_for_ready=True)
                for response in stream:
                    if not self.take(response):
                        stream.cancel()
                        break
            except grpc.RpcError as error:
                if self.over:
                    break
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
                    raise
            time.sleep(RETRY_SECONDS)
        self.channel.close()

    def take(self, response):
        """Acts upon one message. False: the stream is of no use any more."""
        event = response.WhichOneof("event")
        if event == "opened":
            for battle_session_id in response.opened.ended_battle_session_ids:
                self.handled.pop(battle_session_id, None)
            if not self.ready:
                self.ready = True
                self.call(self.sidecar.ProcessReady, sdk.ProcessReadyRequest(concurrent_sessions=1))
        elif event == "start_battle_session":
            return self.start(response.start_battle_session.session)
        elif event == "session_snapshot":
            self.meet(response.session_snapshot.session)
        elif event == "battle_session_updated":
            return self.update(response.battle_session_updated)
        elif event == "health_check":
            answer = sdk.ReportHealthRequest(check_id=response.health_check.check_id, healthy=True)
            self.call(self.sidecar.ReportHealth, answer)
        elif event == "process_terminate":
            self.call(self.sidecar.ProcessEnding, sdk.ProcessEndingRequest())
            self.over = True
            return False
        return True  # What it does not know is of a newer sidecar.

    def start(self, session):
        battle_session_id = session.battle_session_id
        if battle_session_id not in self.handled:
            request = sdk.ActivateBattleSessionRequest(battle_session_id=battle_session_id)
            self.call(self.sidecar.ActivateBattleSession, request)
        self.meet(session)
        return True

    def meet(self, session):
        """Takes the session as it is in place of what was known of it."""
        self.handled[session.battle_session_id] = session.revision
        for seat in session.player_sessions:
            self.admit(seat, session.battle_session_id)

    def update(self, change):
        battle_session_id = change.battle_session_id
        known = self.handled.get(battle_session_id, 0)
        if change.revision <= known:
            return True
        if change.revision > known + 1:
            self.handled[battle_session_id] = 0
            return False
        for seat in change.added:
            self.admit(seat, battle_session_id)
        self.handled[battle_session_id] = change.revision
        if change.reason == session_words.CHANGE_REASON_SESSION_TERMINATING:
            request = sdk.TerminateBattleSessionRequest(battle_session_id=battle_session_id)
            self.call(self.sidecar.TerminateBattleSession, request)
        if change.HasField("state") and change.state == session_words.SESSION_STATE_TERMINATED:
            del self.handled[battle_session_id]
        return True

    def admit(self, seat, battle_session_id):
        if seat.state != session_words.PLAYER_SESSION_STATE_RESERVED or seat.player_session_id in self.asked:
            return
        self.asked.add(seat.player_session_id)
        request = sdk.AcceptPlayerSessionRequest(
            player_session_id=seat.player_session_id, request_id="py-" + uuid.uuid4().hex
        )
        try:
            accepted = self.call(self.sidecar.AcceptPlayerSession, request)
        except grpc.RpcError as error:
            print("refused", seat.player_id, reason_of(error), flush=True)
            return
        print("accepted", seat.player_id, accepted.battle_session_id == battle_session_id, flush=True)
        attributes = {name: MessageToDict(value) for name, value in seat.attributes.items()}
        if attributes.get("leaves") == 1:
            remove = sdk.RemovePlayerSessionRequest(player_session_id=seat.player_session_id)
            self.call(self.sidecar.RemovePlayerSession, remove)
            print("removed", seat.player_id, flush=True)
        count = sdk.ReportCustomDataRequest(battle_session_id=battle_session_id, current_count=len(self.asked), max_count=8)
        self.call(self.sidecar.ReportCustomData, count)


if __name__ == "__main__":
    game = Game()
    thread = threading.Thread(target=game.play)
    thread.start()
    thread.join()
    print("ended", flush=True)
