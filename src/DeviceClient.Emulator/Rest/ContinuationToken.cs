using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>Pages of a list: the token names the last key that was sent, so that changes in between neither repeat nor skip rows.</summary>
internal static class ContinuationToken
{
    internal const string Header = "x-ms-continuation";

    /// <summary>Takes the page that the request asks for.</summary>
    /// <param name="request">The request with <c>x-ms-max-item-count</c> and <c>x-ms-continuation</c>.</param>
    /// <param name="rows">All rows in the order of their keys, ordinal.</param>
    /// <param name="itemType">The header <c>x-ms-item-type</c>; clients need it to type the rows.</param>
    /// <param name="defaultSize">Rows of a page when the request does not say.</param>
    internal static RestReply Page(
        RestRequest request, IEnumerable<(string Key, JsonNode Row)> rows, string itemType, int defaultSize = 100)
    {
        int size = request.ReadPageSize(defaultSize);
        string? after = Read(request.Header(Header));
        var page = new JsonArray();
        string last = "";
        bool more = false;
        foreach ((string key, JsonNode row) in rows)
        {
            if (after is not null && string.CompareOrdinal(key, after) <= 0)
            {
                continue;
            }

            if (page.Count == size)
            {
                more = true;
                break;
            }

            page.Add(row);
            last = key;
        }

        // Clients end at a missing header, not at an empty one.
        return RestReply.Ok(page) with
        {
            Headers = more ? [("x-ms-item-type", itemType), (Header, Write(last))] : [("x-ms-item-type", itemType)],
        };
    }

    private static string Write(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes("k:" + key));

    private static string? Read(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        byte[] bytes = new byte[token.Length];
        string text = Convert.TryFromBase64String(token, bytes, out int count) ? Encoding.UTF8.GetString(bytes, 0, count) : "";
        return text.StartsWith("k:", StringComparison.Ordinal)
            ? text[2..]
            : throw HubErrors.ArgumentInvalid(string.Create(
                CultureInfo.InvariantCulture, $"{Header} is not a token of this service; send the one of the page before, or none."));
    }
}
