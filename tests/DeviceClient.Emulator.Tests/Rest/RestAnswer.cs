using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace DeviceClient.Emulator.Tests;

/// <summary>What a REST call was answered.</summary>
internal sealed record RestAnswer(int Status, IHeaderDictionary Headers, byte[] Bytes)
{
    internal string Text => Encoding.UTF8.GetString(Bytes);

    internal JsonNode Json => JsonNode.Parse(Bytes)!;

    internal string? Header(string name) => Headers.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues value) ? value.ToString() : null;

    /// <summary>The error's name in the text shape, after a check of its form.</summary>
    internal string ErrorName
    {
        get
        {
            string message = (string)Json["Message"]!;
            StringAssert.StartsWith(message, "ErrorCode:");
            string name = message["ErrorCode:".Length..message.IndexOf(';', StringComparison.Ordinal)];
            Assert.AreEqual(name, Header("iothub-errorcode"), "The header and the body must name the same error.");
            StringAssert.StartsWith((string)Json["ExceptionMessage"]!, "Tracking ID:");
            return name;
        }
    }
}
