using Microsoft.Data.Sqlite;

namespace DeviceClient.Emulator;

/// <summary>The hub's documents in one SQLite file.</summary>
/// <remarks>Every change is a transaction of its own in write-ahead mode: a killed process loses nothing, a power cut at most the
/// last changes and never the file. The file holds keys and is made readable by its owner only. One emulator at a time.</remarks>
internal sealed class SqliteHubStore : IHubStore
{
    private const int SchemaVersion = 1;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _save;
    private readonly SqliteCommand _delete;

    /// <exception cref="InvalidDataException">The file is no data file of the emulator, or of a newer one.</exception>
    /// <exception cref="IOException">The file cannot be opened, or another emulator has it open.</exception>
    internal SqliteHubStore(string path)
    {
        path = Path.GetFullPath(path);
        CreateFile(path);
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 1,
        }.ConnectionString);
        try
        {
            Open(path);
            _save = Prepare(
                "INSERT INTO documents(kind, key, json) VALUES($kind, $key, $json) " +
                "ON CONFLICT(kind, key) DO UPDATE SET json = excluded.json", "$kind", "$key", "$json");
            _delete = Prepare("DELETE FROM documents WHERE kind = $kind AND key = $key", "$kind", "$key");
        }
        catch (SqliteException error)
        {
            _connection.Dispose();
            // 5 busy, 6 locked, 26 not a database; the rest is the disk's.
            throw error.SqliteErrorCode switch
            {
                5 or 6 => new IOException($"The data file {path} is in use by another emulator; end that one or name another file.", error),
                26 => new InvalidDataException($"The file {path} is not a data file of the emulator; name another file.", error),
                _ => new IOException($"The data file {path} cannot be opened: {error.Message}", error),
            };
        }
        catch (InvalidDataException)
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<HubStoreDocument> Load()
    {
        var documents = new List<HubStoreDocument>();
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = "SELECT kind, key, json FROM documents ORDER BY id";
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            documents.Add(new HubStoreDocument(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        }

        return documents;
    }

    /// <inheritdoc/>
    public void Save(HubStoreDocument document)
    {
        _save.Parameters[0].Value = document.Kind;
        _save.Parameters[1].Value = document.Key;
        _save.Parameters[2].Value = document.Json;
        _save.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public void Delete(string kind, string key)
    {
        _delete.Parameters[0].Value = kind;
        _delete.Parameters[1].Value = key;
        _delete.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _save.Dispose();
        _delete.Dispose();
        _connection.Dispose();
    }

    private static void CreateFile(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        new FileStream(path, options).Dispose();
    }

    private void Open(string path)
    {
        _connection.Open();
        Execute("PRAGMA locking_mode = EXCLUSIVE");
        Execute("PRAGMA journal_mode = WAL");
        Execute("PRAGMA synchronous = NORMAL");
        // The first write takes the lock that keeps a second emulator out.
        using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
        long version = (long)Read("PRAGMA user_version")!;
        if (version > SchemaVersion)
        {
            throw new InvalidDataException(
                $"The data file {path} has version {version}, this emulator knows up to {SchemaVersion}; use a newer emulator or another file.");
        }

        if (version == 0 && (long)Read("SELECT count(*) FROM sqlite_master")! > 0)
        {
            throw new InvalidDataException($"The file {path} is a database of something else; name another file.");
        }

        Execute(
            "CREATE TABLE IF NOT EXISTS documents(" +
            "id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL, json TEXT NOT NULL, UNIQUE(kind, key))");
        Execute("PRAGMA user_version = 1");
        transaction.Commit();
    }

    private void Execute(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private object? Read(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (string name in parameters)
        {
            command.Parameters.Add(name, SqliteType.Text);
        }

        command.Prepare();
        return command;
    }
}
