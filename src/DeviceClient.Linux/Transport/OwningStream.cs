using System.Net.WebSockets;

namespace DeviceClient.Transport;

/// <summary>A WebSocket's stream that also owns the HTTP handler it was opened with, so that closing it leaves nothing behind.</summary>
/// <param name="inner">The stream of the WebSocket.</param>
/// <param name="socket">The WebSocket itself.</param>
/// <param name="invoker">The handler whose connection carries it.</param>
internal sealed class OwningStream(Stream inner, WebSocket socket, HttpMessageInvoker invoker) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => inner.ReadAsync(buffer, offset, count, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Sends the close frame, so that what was written before it is not cut off by the end of the connection. The answer is not awaited.</summary>
    /// <returns>A task that ends when the frame is out.</returns>
    internal Task SayGoodbyeAsync() => socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Abort first: the stream's own dispose would wait for a close frame that a dead peer never sends.
            socket.Abort();
            socket.Dispose();
            invoker.Dispose();
        }

        base.Dispose(disposing);
    }
}
