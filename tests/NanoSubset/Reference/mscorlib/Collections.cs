// Shown by nano-api/mscorlib.txt (CoreLibrary 1.17.11): arrays, enumeration, disposal.
namespace System
{
    public abstract class Array : Collections.IEnumerable
    {
        protected Array() { }

        public int Length => throw null;

        public static void Clear(Array array, int index, int length) => throw null;

        public static void Copy(Array sourceArray, Array destinationArray, int length) => throw null;

        public static void Copy(Array sourceArray, int sourceIndex, Array destinationArray, int destinationIndex, int length) => throw null;

        public object Clone() => throw null;

        public Collections.IEnumerator GetEnumerator() => throw null;
    }

    public interface IDisposable
    {
        void Dispose();
    }
}

namespace System.Collections
{
    public interface IEnumerable
    {
        IEnumerator GetEnumerator();
    }

    public interface IEnumerator
    {
        object Current { get; }

        bool MoveNext();

        void Reset();
    }
}
