namespace DeviceClient.Emulator.Tests;

/// <summary>The cloud-to-device queue: limits, locks, time to live, delivery count, feedback. The clock is moved by hand.</summary>
[TestClass]
public sealed class HubMessagesTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly HubState _hub;

    public HubMessagesTests()
    {
        _hub = new HubState(new HubEmulatorOptions { TimeProvider = _time });
        _hub.Devices.Add("d");
    }

    private Task<HubQueuedMessage> SendAsync(HubFeedbackRequest ack = HubFeedbackRequest.None, TimeSpan? life = null, int size = 0) =>
        _hub.Messages.SendCloudToDeviceAsync("d", new HubCloudToDeviceMessage
        {
            MessageId = "m",
            Ack = ack,
            Payload = new byte[size],
            ExpiryTime = life is TimeSpan span ? _time.GetUtcNow() + span : null,
        });

    public void Dispose() => _hub.Dispose();

    [TestMethod]
    public async Task Send_BeyondFiftyMessages_Is403004()
    {
        for (int i = 0; i < 50; i++)
        {
            await SendAsync();
        }

        HubServiceException error = await Expect.RefusalAsync(403004, () => SendAsync());
        Assert.AreEqual(403, error.HttpStatus);
        Assert.AreEqual(50, _hub.Messages.Purge("d"));
    }

    [TestMethod]
    public async Task Send_OutsideTheLimits_IsRefused()
    {
        await SendAsync(size: 65535);
        await Expect.RefusalAsync(413001, () => SendAsync(size: 65536));
        await Expect.RefusalAsync(400004, () => SendAsync(life: TimeSpan.Zero));
        await Expect.RefusalAsync(400004, () => SendAsync(life: TimeSpan.FromHours(49)));
        await Expect.RefusalAsync(404001, () => _hub.Messages.SendCloudToDeviceAsync("x", new HubCloudToDeviceMessage()));
    }

    [TestMethod]
    public async Task P67_Lock_LastsSixtySeconds_ThenCompleteIsLockLost()
    {
        await SendAsync();
        HubQueuedMessage first = _hub.Messages.Receive("d")!;
        string token = first.LockToken!;
        Assert.IsNull(_hub.Messages.Receive("d"), "The only message is locked.");
        _time.Advance(TimeSpan.FromSeconds(60));
        Expect.Refusal(412002, () => _hub.Messages.Complete("d", token));
        HubQueuedMessage second = _hub.Messages.Receive("d")!;
        Assert.AreSame(first, second);
        Assert.AreNotEqual(token, second.LockToken);
        Assert.AreEqual(0, second.DeliveryCount);
        _hub.Messages.Complete("d", second.LockToken!);
        Assert.IsEmpty(_hub.Messages.Pending("d"));
    }

    [TestMethod]
    public async Task P67_LocksOfSeveralMessages_SettleInAnyOrder()
    {
        string[] tokens = new string[3];
        for (int i = 0; i < 3; i++)
        {
            await SendAsync();
            tokens[i] = _hub.Messages.Receive("d")!.LockToken!;
        }

        _hub.Messages.Complete("d", tokens[2]);
        _hub.Messages.Reject("d", tokens[0]);
        _hub.Messages.Complete("d", tokens[1]);
        Expect.Refusal(412002, () => _hub.Messages.Complete("d", tokens[1]));
    }

    [TestMethod]
    public async Task Abandon_RaisesTheDeliveryCount_UntilTheMessageIsGivenUp()
    {
        _hub.Messages.MaximumDeliveryCount = 3;
        await SendAsync(HubFeedbackRequest.Negative);
        for (int i = 1; i <= 3; i++)
        {
            HubQueuedMessage message = _hub.Messages.Receive("d")!;
            _hub.Messages.Abandon("d", message.LockToken!);
            Assert.AreEqual(i, message.DeliveryCount);
        }

        Assert.IsEmpty(_hub.Messages.Pending("d"));
        Assert.AreEqual(HubFeedbackStatus.DeliveryCountExceeded, _hub.Messages.Feedback.Single().Status);
    }

    [TestMethod]
    [DataRow(null, 3600)]
    [DataRow(90, 90)]
    public async Task Message_WhenItsTimeIsOver_Expires(int? lifeSeconds, int expectedSeconds)
    {
        await SendAsync(HubFeedbackRequest.Full, lifeSeconds is int seconds ? TimeSpan.FromSeconds(seconds) : null);
        _time.Advance(TimeSpan.FromSeconds(expectedSeconds - 1));
        Assert.IsEmpty(_hub.Messages.Feedback);
        _time.Advance(TimeSpan.FromSeconds(1));
        HubFeedbackRecord record = _hub.Messages.Feedback.Single();
        Assert.AreEqual(HubFeedbackStatus.Expired, record.Status, "Nobody has to look at the queue for that.");
        Assert.AreEqual("Message Expired", record.Description);
    }

    [TestMethod]
    [DataRow(HubFeedbackRequest.None, 0, 0)]
    [DataRow(HubFeedbackRequest.Positive, 1, 0)]
    [DataRow(HubFeedbackRequest.Negative, 0, 1)]
    [DataRow(HubFeedbackRequest.Full, 1, 1)]
    public async Task Feedback_ComesForTheOutcomesAskedFor(HubFeedbackRequest ack, int afterComplete, int afterReject)
    {
        await SendAsync(ack);
        _hub.Messages.Complete("d", _hub.Messages.Receive("d")!.LockToken!);
        Assert.HasCount(afterComplete, _hub.Messages.Feedback);
        await SendAsync(ack);
        _hub.Messages.Reject("d", _hub.Messages.Receive("d")!.LockToken!);
        Assert.HasCount(afterComplete + afterReject, _hub.Messages.Feedback);
    }

    [TestMethod]
    public async Task Remove_OfTheDevice_PurgesItsQueueWithFeedback()
    {
        await SendAsync(HubFeedbackRequest.Full);
        _hub.Devices.Remove("d");
        Assert.AreEqual(HubFeedbackStatus.Purged, _hub.Messages.Feedback.Single().Status);
    }
}
