pragma Singleton

import QtQuick

// Colours and distances. Text on `window`, `base` and `raised` has a contrast of
// at least 4.5 in both palettes, as has `...Ink` on the colour it is named after.
QtObject {
    // "system", "light" or "dark".
    property string choice: "system"
    readonly property bool dark: choice === "system" ? Application.styleHints.colorScheme === Qt.ColorScheme.Dark : choice === "dark"

    readonly property color window: dark ? "#16181d" : "#f3f5f8"
    readonly property color base: dark ? "#1e2128" : "#ffffff"
    readonly property color raised: dark ? "#2a2e37" : "#e9edf2"
    readonly property color trough: dark ? "#3a404c" : "#d4dae2"
    readonly property color border: dark ? "#727b8a" : "#7d8693"
    readonly property color line: dark ? "#343a45" : "#d9dee5"

    readonly property color text: dark ? "#e9ecf1" : "#1a1e24"
    readonly property color muted: dark ? "#aab2bf" : "#505965"
    readonly property color accent: dark ? "#79b8ff" : "#0b5cad"
    readonly property color accentInk: dark ? "#0b1420" : "#ffffff"

    readonly property color good: dark ? "#7bd88f" : "#17692c"
    readonly property color caution: dark ? "#f0c060" : "#7a4f00"
    readonly property color bad: dark ? "#ff9a91" : "#b3221a"
    readonly property color cautionSurface: dark ? "#3a2f14" : "#fff2d1"
    readonly property color badSurface: dark ? "#43211f" : "#fde7e5"

    // Told apart by people who see few colours (Okabe and Ito); the same in both
    // palettes, as their inks are.
    readonly property color weights: "#0b66a8"
    readonly property color weightsInk: "#ffffff"
    readonly property color kvCache: "#e69f00"
    readonly property color kvCacheInk: "#1a1e24"
    readonly property color compute: "#cc79a7"
    readonly property color computeInk: "#1a1e24"
    readonly property color output: "#56b4e9"
    readonly property color outputInk: "#1a1e24"
    readonly property color driver: "#009e73"
    readonly property color driverInk: "#10151b"

    readonly property int gap: 8
    readonly property int margin: 16
    readonly property int radius: 6
    readonly property string fixedFont: "monospace"
}
