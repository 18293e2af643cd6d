using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DeviceClient.Emulator;

/// <summary>A request as the handlers see it: method, decoded path segments, query, body.</summary>
internal sealed class RestRequest
{
    // A bulk call of 100 devices with full twins stays below this; the service's own limits are checked by the handlers.
    internal const int MaximumBodyBytes = 8 * 1024 * 1024;

    internal RestRequest(HttpContext context)
    {
        Context = context;
        Method = context.Request.Method;
        Segments = Split(context);
        Path = string.Join('/', Segments);
    }

    internal HttpContext Context { get; }

    internal string Method { get; }

    /// <summary>Decoded, without empty ones: <c>/devices</c> and <c>/devices/</c> are the same.</summary>
    internal string[] Segments { get; }

    /// <summary>The decoded segments joined by slashes; for token checks and the log.</summary>
    internal string Path { get; }

    internal string? Authorization => Header("Authorization");

    internal string? IfMatch => Header("If-Match");

    internal CancellationToken Aborted => Context.RequestAborted;

    internal string? Header(string name) =>
        Context.Request.Headers.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues values) && values.Count > 0 ? values[0] : null;

    internal string? Query(string name) =>
        Context.Request.Query.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues values) && values.Count > 0 ? values[0] : null;

    /// <summary>The body as bytes.</summary>
    /// <exception cref="HubServiceException">413: larger than <see cref="MaximumBodyBytes"/>.</exception>
    internal async Task<byte[]> ReadBytesAsync()
    {
        using var buffer = new MemoryStream();
        byte[] piece = new byte[16 * 1024];
        int count;
        while ((count = await Context.Request.Body.ReadAsync(piece, Aborted).ConfigureAwait(false)) > 0)
        {
            if (buffer.Length + count > MaximumBodyBytes)
            {
                throw HubErrors.MessageTooLarge(buffer.Length + count, MaximumBodyBytes, "The request body");
            }

            buffer.Write(piece, 0, count);
        }

        return buffer.ToArray();
    }

    /// <summary>The body as JSON; null for an empty one.</summary>
    /// <exception cref="JsonInputException">The body is not JSON.</exception>
    internal async Task<JsonNode?> ReadJsonAsync()
    {
        byte[] bytes = await ReadBytesAsync().ConfigureAwait(false);
        return bytes.Length == 0 ? null : JsonInput.Parse(bytes);
    }

    /// <summary>The body as a JSON object.</summary>
    /// <exception cref="JsonInputException">The body is not a JSON object.</exception>
    internal async Task<JsonObject> ReadObjectAsync() => JsonInput.AsObject(await ReadJsonAsync().ConfigureAwait(false), "$");

    /// <summary>The page size that the request asks for: <c>x-ms-max-item-count</c>.</summary>
    /// <exception cref="HubServiceException">400: not a number from 1 to 1000.</exception>
    internal int ReadPageSize(int defaultSize)
    {
        string? text = Header("x-ms-max-item-count");
        if (string.IsNullOrEmpty(text))
        {
            return defaultSize;
        }

        return int.TryParse(text, out int size) && size is >= 1 and <= 1000
            ? size
            : throw HubErrors.ArgumentInvalid($"x-ms-max-item-count is '{text}'; allowed are 1 to 1000.");
    }

    // Some tools escape the whole path, slashes too, and the server leaves %2F alone when it decodes; so the raw target is
    // split here: escaped slashes first become slashes, then each segment is decoded once.
    private static string[] Split(HttpContext context)
    {
        string target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (target.Length == 0 || target[0] != '/')
        {
            // The absolute form of a request line, or a test server.
            target = context.Request.Path.ToUriComponent();
        }

        int end = target.IndexOf('?', StringComparison.Ordinal);
        var path = new StringBuilder(end < 0 ? target : target[..end]);
        path.Replace("%2F", "/").Replace("%2f", "/");
        return
        [
            .. path.ToString().Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString),
        ];
    }
}
