import QtQuick
import HwLedger

// The same value on both axes.
Item {
    id: tick

    required property Item area
    required property string text
    // 0 to 1 from the origin.
    required property real place

    Rectangle {
        y: (1 - tick.place) * tick.area.height
        width: tick.area.width
        height: 1
        color: Theme.line
    }

    Rectangle {
        x: tick.place * tick.area.width
        width: 1
        height: tick.area.height
        color: Theme.line
    }

    FieldLabel {
        x: -width - 6
        y: (1 - tick.place) * tick.area.height - height / 2
        text: tick.text
        wrapMode: Text.NoWrap
        font.pointSize: 8
    }

    FieldLabel {
        x: tick.place * tick.area.width - width / 2
        y: tick.area.height + 6
        text: tick.text
        wrapMode: Text.NoWrap
        font.pointSize: 8
    }
}
