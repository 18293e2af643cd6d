// Shown by nano-api/nanoFramework.System.Text.txt (1.3.42): the one encoding that boards have.
namespace System.Text;

public abstract class Encoding
{
    protected Encoding() { }

    public static Encoding UTF8 => throw null;

    public virtual byte[] GetBytes(string s) => throw null;

    public virtual int GetBytes(string s, int charIndex, int charCount, byte[] bytes, int byteIndex) => throw null;

    public virtual string GetString(byte[] bytes, int index, int count) => throw null;
}
