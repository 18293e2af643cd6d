using Microsoft.VisualStudio.TestTools.UnitTesting;

// Reason: each test starts processes of its own, and the machine that runs them may be small.
[assembly: DoNotParallelize]
