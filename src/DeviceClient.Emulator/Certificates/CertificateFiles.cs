using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.Emulator;

/// <summary>The certificate directory: four PEM files, the two keys readable by their owner only.</summary>
internal sealed class CertificateFiles(string directory)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal string RootPath { get; } = Path.Combine(directory, "root.pem");

    internal string ServerPath { get; } = Path.Combine(directory, "server.pem");

    private string RootKeyPath { get; } = Path.Combine(directory, "root.key");

    private string ServerKeyPath { get; } = Path.Combine(directory, "server.key");

    internal X509Certificate2? LoadRoot() => Load(RootPath, RootKeyPath);

    internal X509Certificate2? LoadServer() => Load(ServerPath, ServerKeyPath);

    internal void SaveRoot(X509Certificate2 root) => Save(root, RootPath, RootKeyPath);

    internal void SaveServer(X509Certificate2 server) => Save(server, ServerPath, ServerKeyPath);

    private static X509Certificate2? Load(string certificatePath, string keyPath)
    {
        // One file without the other is what a start that was cut short leaves behind: make the pair again.
        if (!File.Exists(certificatePath) || !File.Exists(keyPath))
        {
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException(
                $"The certificate {certificatePath} with its key {keyPath} cannot be read: {error.Message} " +
                "Delete both files to have new ones made.", error);
        }
    }

    private void Save(X509Certificate2 certificate, string certificatePath, string keyPath)
    {
        Directory.CreateDirectory(directory);
        using ECDsa key = certificate.GetECDsaPrivateKey()
            ?? throw new InvalidOperationException("The certificate to be saved has no EC private key.");
        Write(keyPath, key.ExportPkcs8PrivateKeyPem(), OwnerOnly);
        Write(certificatePath, certificate.ExportCertificatePem(), OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    // Through a new file and a rename: a reader never meets half a file, and the key never has a wider mode, not even
    // for a moment.
    private static void Write(string path, string pem, UnixFileMode mode)
    {
        string temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using (var writer = new StreamWriter(new FileStream(temporary, options)))
        {
            writer.Write(pem);
            writer.Write('\n');
        }

        File.Move(temporary, path, overwrite: true);
    }
}
