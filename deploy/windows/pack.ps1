# pack.ps1 URL: publishes the WinUI app for x64, makes its installer with Velopack's vpk
# and writes WinGet's manifests, which say that the installer is at URL. All of it goes to
# clients/csharp/artifacts. On Windows only.
param([Parameter(Mandatory)] [uri] $Url)
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true

$csharp = Join-Path $PSScriptRoot '../../clients/csharp'
$artifacts = Join-Path $csharp 'artifacts'
$version = ([xml](Get-Content "$csharp/Directory.Build.props")).SelectSingleNode('//Version').InnerText

dotnet publish "$csharp/HwLedger.App" --configuration Release --runtime win-x64 `
    -p:Platform=x64 --output "$artifacts/app"
vpk pack --packId hwLedger.App --packTitle hwLedger --packVersion $version `
    --packDir "$artifacts/app" --mainExe hwledger-app.exe --outputDir "$artifacts/setup"

$sha256 = (Get-FileHash "$artifacts/setup/hwLedger.App-win-Setup.exe").Hash
New-Item -ItemType Directory -Force "$artifacts/winget" | Out-Null
foreach ($manifest in Get-ChildItem $PSScriptRoot -Filter '*.yaml') {
    (Get-Content -Raw $manifest.FullName) -replace '@URL@', $Url -replace '@SHA256@', $sha256 `
        -replace '(?m)^PackageVersion: .*$', "PackageVersion: $version" |
        Set-Content -NoNewline "$artifacts/winget/$($manifest.Name)"
}
