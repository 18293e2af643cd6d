using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Mqtt;

/// <summary>Random and mutated bytes: never an exception, never more memory than allowed, and pieces never change the outcome.</summary>
[TestClass]
public sealed class MqttFuzzTests
{
    private const int MaxInbound = 2048;

    private static readonly string[] s_seeds =
    [
        "30 03 00 01 74 40 02 00 01 D0 00 90 03 80 00 01",
        "32 0A 00 03 61 2F 62 00 07 70 71 72 33 05 00 01 74 00 01 40 02 00 02",
        "B0 02 80 01 40 02 00 03 30 85 01 00 03 74 C3 A9" + " 78 78 78 78",
        "40 02 00 01 40 02 00 02 40 02 00 03 40 02 00 04",
        "20 02 00 00 C0 00",
    ];

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    public void Receive_RandomAndMutatedBytes_NeverThrowsAndStaysInItsLimits(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 5_000; round++)
        {
            byte[] input = random.Next(4) == 0 ? RandomBytes(random) : Mutate(random);
            string where = $"Seed {seed}, round {round}, input {MqttBench.Hex(input)}";
            try
            {
                string whole = Play(input, input.Length == 0 ? 1 : input.Length, random.Next(2) == 0);
                string pieces = Play(input, random.Next(1, 9), random.Next(2) == 0);
                Assert.AreEqual(whole, pieces, where);
            }
            catch (Exception e) when (e is not AssertFailedException)
            {
                Assert.Fail($"{where}: {e}");
            }
        }
    }

    [TestMethod]
    [DataRow(11)]
    [DataRow(12)]
    public void Machine_RandomCalls_KeepItsInvariants(int seed)
    {
        var random = new Random(seed);
        var bench = new MqttBench(o =>
        {
            o.MaxInFlight = 5;
            o.OutputBufferBytes = 256;
            o.MaxInboundPacketBytes = MaxInbound;
        });
        for (int step = 0; step < 50_000; step++)
        {
            string where = $"Seed {seed}, step {step}";
            Step(bench, random);
            bench.ReadEvents();
            MqttConnection connection = bench.Connection;
            Assert.IsTrue(connection.InFlight is >= 0 and <= 5, where);
            Assert.IsTrue(connection.OutputCount <= 256, where);
            Assert.IsTrue(bench.Buffers.Lent <= 2, where);
            Assert.AreEqual(connection.State is MqttConnectionState.AwaitingConnAck or MqttConnectionState.Connected, connection.NextDeadline != long.MaxValue, where);
            Assert.AreEqual(connection.State == MqttConnectionState.Failed, connection.Failure != MqttFailure.None && connection.State != MqttConnectionState.Closed, where);
        }

        bench.Connection.HandleClosed();
        Assert.AreEqual(0, bench.Buffers.Lent);
        Assert.IsTrue(bench.Buffers.LargestRequest <= MaxInbound);
    }

    private static void Step(MqttBench bench, Random random)
    {
        MqttConnection connection = bench.Connection;
        switch (random.Next(12))
        {
            case 0 when connection.State == MqttConnectionState.Closed:
                connection.Connect(new MqttConnectParameters("d") { UserName = new string('u', random.Next(400)) }, bench.Now);
                break;
            case 1:
                bench.Feed(MqttBench.AcceptedConnAck);
                break;
            case 2:
            case 3:
            case 4:
                bench.Publish("t", new string('x', random.Next(600)), random.Next(2), random.Next(), 0);
                break;
            case 5 when connection.NextResend != 0:
                bench.Publish("t", new string('x', random.Next(600)), 1, random.Next(), connection.NextResend);
                break;
            case 6:
                bench.Feed([0x40, 2, 0, (byte)random.Next(1, 8)]);
                break;
            case 7:
                connection.ForgetInFlight(random.Next(8));
                break;
            case 8:
                if (connection.TakeOutput(out _) is { } output)
                {
                    bench.Buffers.Return(output);
                }

                break;
            case 9:
                bench.Now += random.Next(30_000);
                connection.HandleTimeout(bench.Now);
                break;
            case 10 when random.Next(8) == 0:
                connection.HandleClosed();
                break;
            case 11:
                if (random.Next(20) == 0)
                {
                    connection.TryDisconnect();
                }
                else
                {
                    connection.TrySubscribe("f"u8.ToArray(), 1, bench.Now, out _);
                }

                break;
        }
    }

    private static string Play(byte[] input, int pieceBytes, bool inRuns)
    {
        MqttBench bench = MqttBench.Connected(o => o.MaxInboundPacketBytes = MaxInbound);
        for (int i = 1; i <= 4; i++)
        {
            bench.Publish("t", token: i);
        }

        bench.Connection.TrySubscribe("t"u8.ToArray(), 1, bench.Now, out _);
        bench.Connection.TryUnsubscribe("t"u8.ToArray(), bench.Now, out _);
        var told = new List<string>();
        var tokens = new long[3];
        for (int at = 0; at < input.Length; at += pieceBytes)
        {
            byte[] piece = input.AsSpan(at, Math.Min(pieceBytes, input.Length - at)).ToArray();
            bench.Connection.HandleReceived(piece, 0, piece.Length, bench.Now);
            string before;
            do
            {
                before = string.Join(" | ", told);
                for (int count = inRuns ? bench.Connection.ReadAcknowledged(tokens) : 0; count > 0; count = bench.Connection.ReadAcknowledged(tokens))
                {
                    told.AddRange(tokens.Take(count).Select(token => $"Acked {token} id{token}"));
                }

                if (bench.ReadEvents() is { Length: > 0 } events)
                {
                    told.Add(events);
                }
            }
            while (before != string.Join(" | ", told));
            Array.Fill(piece, (byte)0xEE);
        }

        Assert.IsTrue(bench.Buffers.LargestRequest <= MaxInbound);
        told.Add(bench.Connection.State.ToString());
        bench.Connection.HandleClosed();
        Assert.AreEqual(0, bench.Buffers.Lent);
        return string.Join(" | ", told);
    }

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[random.Next(64)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Mutate(Random random)
    {
        var bytes = new List<byte>(MqttBench.Bytes(s_seeds[random.Next(s_seeds.Length)]));
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    if (bytes.Count > 1)
                    {
                        bytes.RemoveAt(at);
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
