// Stands in until the JSON files land; whoever lands JsonMember and JsonMerge deletes this file.
#pragma warning disable
namespace DeviceClient.Protocol;
internal static class JsonMember { 
 internal static bool IsObject(byte[] b,int o,int c)=>true;
 internal static bool TryFind(byte[] b,int o,int c,string n,out int vo,out int vc){vo=0;vc=0;return false;}
 internal static bool TryGetString(byte[] b,int o,int c,string n,out string? v){v=null;return false;} }
internal static class JsonMerge { internal static bool TryMerge(byte[] t,int to,int tc,byte[] p,int po,int pc,bool k,ByteWriter w){return true;} }
