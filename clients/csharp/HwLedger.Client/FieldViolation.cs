namespace HwLedger.Client;

/// <summary>A field of a request that the daemon refuses.</summary>
/// <param name="Field">Its path in the request, as the contract names it.</param>
/// <param name="Description">What is wrong with it, and the value.</param>
public sealed record FieldViolation(string Field, string Description);
