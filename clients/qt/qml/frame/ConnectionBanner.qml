import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// Says that there is no daemon and what can be done about it.
Pane {
    id: banner

    required property Daemon daemon

    objectName: "connectionBanner"
    visible: daemon.state === Daemon.Unreachable
    padding: Theme.gap
    leftPadding: Theme.margin
    rightPadding: Theme.margin

    Accessible.role: Accessible.AlertMessage
    Accessible.name: title.text
    Accessible.description: banner.daemon.problem

    background: Rectangle {
        color: Theme.cautionSurface
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: Theme.gap

        Label {
            id: title

            Layout.fillWidth: true
            text: qsTr("⚠ The daemon at %1 is not reachable.").arg(banner.daemon.address)
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
        }

        Label {
            objectName: "connectionProblem"
            Layout.fillWidth: true
            visible: text !== ""
            text: banner.daemon.problem
            wrapMode: Text.Wrap
        }

        Flow {
            Layout.fillWidth: true
            spacing: Theme.gap

            CommandLine {
                objectName: "startCommand"
                width: Math.min(implicitWidth, parent.width)
                visible: content !== ""
                name: qsTr("Command that starts the daemon")
                content: banner.daemon.startCommand
            }

            ActionButton {
                objectName: "startDaemonButton"
                visible: banner.daemon.canStart
                primary: true
                text: qsTr("Start it")
                onClicked: banner.daemon.start()
            }

            ActionButton {
                objectName: "retryButton"
                text: qsTr("Try again")
                onClicked: banner.daemon.retry()
            }
        }
    }
}
