using DeviceClient.Protocol;

namespace DeviceClient.NanoRuntime;

/// <summary>SHA-256 and HMAC-SHA256. Vectors: FIPS 180-4 examples; RFC 4231 sections 4.2 to 4.8.</summary>
public static class HashChecks
{
    public static void Run(CheckRun run)
    {
        run.Begin("hashes");
        run.Run("SHA-256", Sha);
        run.Run("SHA-256 in pieces", ShaPieces);
        run.Run("HMAC-SHA256", Hmac);
        run.Run("HMAC-SHA256 used again", HmacReuse);
        run.Run("comparison in fixed time", Comparison);
        run.End();
    }

    private static void Sha(CheckRun run)
    {
        CheckSha(run, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        CheckSha(run, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        CheckSha(run, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    }

    private static void CheckSha(CheckRun run, string text, string hash)
    {
        byte[] bytes = Utf8Text.GetBytes(text);
        run.AreBytes(hash, Sha256.Hash(bytes, 0, bytes.Length), 0, 32, "hash of '" + text + "'");
    }

    // Every length around the block size, whole and byte by byte, must agree.
    private static void ShaPieces(CheckRun run)
    {
        byte[] data = new byte[130];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)(i * 7);
        }

        Sha256 sha = new Sha256();
        byte[] hash = new byte[32];
        for (int length = 54; length <= data.Length; length++)
        {
            for (int i = 0; i < length; i++)
            {
                sha.Append(data, i, 1);
            }

            sha.Finish(hash, 0);
            byte[] whole = Sha256.Hash(data, 0, length);
            run.AreBytes(Hex.Format(whole, 0, 32), hash, 0, 32, "length " + length.ToString());
        }
    }

    private static void Hmac(CheckRun run)
    {
        CheckHmac(run, Filled(20, 0x0b), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        CheckHmac(run, Utf8Text.GetBytes("Jefe"), "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        CheckHmac(run, Filled(131, 0xaa), "Test Using Larger Than Block-Size Key - Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
        CheckHmac(
            run,
            Filled(131, 0xaa),
            "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
        run.AreBytes("773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe", HmacSha256.Hash(Filled(20, 0xaa), Filled(50, 0xdd), 0, 50), 0, 32, "case 3");
    }

    private static void CheckHmac(CheckRun run, byte[] key, string text, string code)
    {
        byte[] data = Utf8Text.GetBytes(text);
        run.AreBytes(code, HmacSha256.Hash(key, data, 0, data.Length), 0, 32, text);
    }

    private static byte[] Filled(int count, byte value)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = value;
        }

        return bytes;
    }

    private static void HmacReuse(CheckRun run)
    {
        HmacSha256 hmac = new HmacSha256(Utf8Text.GetBytes("Jefe"));
        byte[] data = Utf8Text.GetBytes("what do ya want for nothing?");
        byte[] code = new byte[34];
        for (int i = 0; i < 2; i++)
        {
            hmac.Append(data, 0, 5);
            hmac.Append(data, 5, data.Length - 5);
            hmac.Finish(code, 1);
            run.AreBytes("005bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec384300", code, 0, 34, "round " + i.ToString());
        }
    }

    private static void Comparison(CheckRun run)
    {
        byte[] a = Hex.Parse("0102ff");
        run.IsTrue(FixedTime.FixedTimeEquals(a, Hex.Parse("0102ff")), "equal");
        run.IsTrue(!FixedTime.FixedTimeEquals(a, Hex.Parse("0102fe")), "last byte differs");
        run.IsTrue(!FixedTime.FixedTimeEquals(a, Hex.Parse("8102ff")), "first byte differs");
        run.IsTrue(!FixedTime.FixedTimeEquals(a, Hex.Parse("0102")), "shorter");
    }
}
