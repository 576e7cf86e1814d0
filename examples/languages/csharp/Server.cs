// A dedicated server in C#, as Unity's C# is, with Newtonsoft.Json: it talks to its sidecar in JSON over HTTP.
using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;

public static class Server
{
    static readonly HttpClient http = new HttpClient { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    static readonly string sidecar =
        "http://" + Environment("MUSTER_SIDECAR_HTTP", "127.0.0.1:7431") + "/muster.sdk.v1.GameServerService/";
    static bool isReady;

    static string Environment(string name, string fallback)
    {
        var value = System.Environment.GetEnvironmentVariable(name);
        return string.IsNullOrEmpty(value) ? fallback : value;
    }

    static HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, sidecar + path);
        request.Headers.TryAddWithoutValidation("authorization", "Bearer " + Environment("MUSTER_SIDECAR_TOKEN", ""));
        return request;
    }

    /// Asks with the same words for up to ten seconds while nobody can answer. What is refused for good is thrown: its reason.
    static async Task<JObject> Call(string method, JObject words)
    {
        for (var ends = DateTime.UtcNow.AddSeconds(10); ; await Task.Delay(200))
        {
            try
            {
                var request = Request(HttpMethod.Post, method);
                request.Content = new StringContent(words.ToString(), Encoding.UTF8, "application/json");
                using (var response = await http.SendAsync(request))
                {
                    var answer = JObject.Parse(await response.Content.ReadAsStringAsync());
                    if (response.IsSuccessStatusCode) return answer;
                    if ((string)answer["retry"] != "backoff" || DateTime.UtcNow > ends)
                        throw new InvalidOperationException((string)answer["reason"]);
                }
            }
            catch (HttpRequestException)
            {
                if (DateTime.UtcNow > ends) throw;
            }
        }
    }

    static Task End(JToken battle)
    {
        return Call("TerminateBattleSession", new JObject { ["battleSessionId"] = battle["battleSessionId"] });
    }

    static async Task Handle(JObject heard)
    {
        if (heard["opened"] != null && !isReady)
        {
            isReady = true;
            await Call("ProcessReady", new JObject());
        }
        if (heard["startBattleSession"] is JObject start) // Load what its properties and data say; then players may come.
            await Call("ActivateBattleSession", new JObject { ["battleSessionId"] = start["session"]["battleSessionId"] });
        if (heard["sessionSnapshot"] is JObject known && (string)known["session"]["state"] == "TERMINATING")
            await End(known["session"]);
        if (heard["battleSessionUpdated"] is JObject change && (string)change["reason"] == "SESSION_TERMINATING")
            await End(change);
        if (heard["healthCheck"] is JObject check)
            await Call("ReportHealth", new JObject { ["checkId"] = check["checkId"], ["healthy"] = true });
        if (heard["processTerminate"] != null) // Save, say goodbye.
        {
            await Call("ProcessEnding", new JObject());
            System.Environment.Exit(0);
        }
    }

    /// Reads the watch, and opens it again where it broke.
    static async Task Watch()
    {
        for (var place = ""; ; await Task.Delay(200))
        {
            try
            {
                var request = Request(HttpMethod.Get, "Watch?sdkName=csharp");
                if (place != "") request.Headers.TryAddWithoutValidation("last-event-id", place);
                using (var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
                using (var lines = new StreamReader(await response.Content.ReadAsStreamAsync()))
                {
                    string kind = "", id = place;
                    for (string line; (line = await lines.ReadLineAsync()) != null;)
                    {
                        if (line == "") kind = "";
                        else if (line.StartsWith("event: ")) kind = line.Substring(7);
                        else if (line.StartsWith("id: ")) id = line.Substring(4);
                        else if (line.StartsWith("data: "))
                        {
                            var data = JObject.Parse(line.Substring(6));
                            if (kind == "error" && (string)data["retry"] != "backoff")
                                throw new InvalidOperationException((string)data["reason"]);
                            if (kind == "error") break;
                            try { await Handle(data); }
                            catch (InvalidOperationException refused) { Console.Error.WriteLine(refused.Message); }
                            place = id;
                        }
                    }
                }
            }
            catch (Exception broken) when (broken is HttpRequestException || broken is IOException)
            {
                Console.Error.WriteLine(broken.Message);
            }
        }
    }

    /// A client sends its player session id on a line, and plays until it hangs up.
    static async Task Serve(TcpClient client)
    {
        using (client)
        using (var lines = new StreamReader(client.GetStream()))
        using (var words = new StreamWriter(client.GetStream()) { AutoFlush = true })
        {
            var seat = (await lines.ReadLineAsync() ?? "").Trim();
            JObject accepted;
            try
            {
                var request = new JObject { ["playerSessionId"] = seat, ["requestId"] = Guid.NewGuid().ToString() };
                accepted = await Call("AcceptPlayerSession", request);
            }
            catch (InvalidOperationException refused)
            {
                await words.WriteAsync("sorry: " + refused.Message + "\n");
                return;
            }
            await words.WriteAsync("welcome " + (string)accepted["playerSession"]["playerId"] + "\n");
            try
            {
                while (await lines.ReadLineAsync() != null) { }
            }
            catch (IOException)
            {
                Console.Error.WriteLine("a connection broke"); // The player is gone either way.
            }
            await Call("RemovePlayerSession", new JObject { ["playerSessionId"] = seat });
        }
    }

    static async Task Report(Task work)
    {
        try { await work; }
        catch (Exception error) { Console.Error.WriteLine(error.Message); }
    }

    public static void Main()
    {
        var server = new TcpListener(IPAddress.Any, int.Parse(Environment("MUSTER_PORT", "7500")));
        server.Start();
        var watch = Task.Run(Watch);
        Task.Run(async () =>
        {
            for (;;) _ = Report(Serve(await server.AcceptTcpClientAsync()));
        });
        watch.Wait(); // Ends only when the sidecar says not to come back.
    }
}
