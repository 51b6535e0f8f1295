pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// One column per layer: its weights above, its KV cache below; the fuller the
// colour, the nearer to the largest. The arrow keys go from layer to layer, and
// the line below says what the one under the pointer or the keyboard holds.
ColumnLayout {
    id: map

    required property LayerShares layers

    property int current: 0
    readonly property LayerColumn shown: columns.count > 0 ? columns.itemAt(Math.min(current, columns.count - 1)) as LayerColumn : null

    spacing: 6

    RowLayout {
        spacing: Theme.gap

        ColumnLayout {
            spacing: 2
            Accessible.ignored: true

            FieldLabel {
                Layout.preferredHeight: cells.rowHeight
                verticalAlignment: Text.AlignVCenter
                wrapMode: Text.NoWrap
                text: qsTr("Weights")
            }

            FieldLabel {
                Layout.preferredHeight: cells.rowHeight
                verticalAlignment: Text.AlignVCenter
                wrapMode: Text.NoWrap
                text: qsTr("KV cache")
            }
        }

        Row {
            id: cells

            readonly property int rowHeight: 26

            objectName: "layerCells"
            Layout.fillWidth: true
            activeFocusOnTab: true
            Accessible.role: Accessible.Graphic
            Accessible.focusable: true
            Accessible.name: qsTr("Memory by layer")
            Accessible.description: map.shown ? map.shown.spoken : ""
            Keys.onLeftPressed: map.current = Math.max(0, map.current - 1)
            Keys.onRightPressed: map.current = Math.min(columns.count - 1, map.current + 1)

            Repeater {
                id: columns

                model: map.layers

                LayerColumn {
                    width: cells.width / columns.count
                    rowHeight: cells.rowHeight
                    weightsMax: map.layers.weightsMax
                    kvCacheMax: map.layers.kvCacheMax
                    marked: index === map.current && cells.activeFocus
                    onEntered: map.current = index
                }
            }
        }
    }

    Label {
        objectName: "layerText"
        Layout.fillWidth: true
        text: map.shown ? map.shown.spoken : ""
        wrapMode: Text.Wrap
        color: Theme.muted
    }
}
