pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import HwLedger

// The columns that heading and rows share.
RowLayout {
    id: cells

    required property list<string> texts
    property color ink: Theme.text
    property int weight: Font.Normal

    // Of the room there is, column by column; the narrow ones never go below what
    // their figures need.
    readonly property list<int> shares: [20, 30, 12, 12, 13, 13, 9]
    readonly property list<int> leasts: [110, 100, 64, 60, 76, 76, 60]

    spacing: Theme.gap

    Repeater {
        model: cells.texts

        ElidedText {
            required property string modelData
            required property int index

            Layout.fillWidth: true
            Layout.preferredWidth: cells.shares[index]
            Layout.minimumWidth: cells.leasts[index]
            text: modelData
            color: cells.ink
            font.weight: cells.weight
            elide: index === 1 ? Text.ElideMiddle : Text.ElideRight
            horizontalAlignment: index >= 3 ? Text.AlignRight : Text.AlignLeft
            topPadding: 8
            bottomPadding: 8
        }
    }
}
