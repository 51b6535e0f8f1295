import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

Pane {
    id: header

    required property string title
    required property Daemon daemon

    readonly property bool connected: daemon.state === Daemon.Connected
    readonly property string stateText: connected ? qsTr("Connected") : daemon.state === Daemon.Connecting ? qsTr("Connecting…") : qsTr("Not connected")

    padding: Theme.gap
    leftPadding: Theme.margin
    rightPadding: Theme.margin

    background: Rectangle {
        color: Theme.base

        Rectangle {
            anchors.bottom: parent.bottom
            width: parent.width
            height: 1
            color: Theme.line
        }
    }

    RowLayout {
        anchors.fill: parent
        spacing: Theme.gap

        Label {
            objectName: "pageTitle"
            text: header.title
            font.pointSize: 15
            font.weight: Font.DemiBold
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }

        Item {
            Layout.fillWidth: true
        }

        Label {
            text: header.connected ? "✓" : header.daemon.state === Daemon.Connecting ? "…" : "✕"
            color: header.connected ? Theme.good : header.daemon.state === Daemon.Connecting ? Theme.muted : Theme.bad
            Accessible.ignored: true
        }

        ElidedText {
            objectName: "connectionText"
            Layout.maximumWidth: 320
            text: qsTr("%1: %2").arg(header.daemon.name).arg(header.stateText)
            toolTip: header.daemon.address
            color: Theme.muted
        }
    }
}
