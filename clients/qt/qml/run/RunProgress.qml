import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// Place in the queue, loading, reading, writing.
RowLayout {
    id: progress

    required property RunModel run

    visible: run.state !== RunModel.Idle
    spacing: Theme.gap

    ElidedText {
        objectName: "runStatus"
        Layout.fillWidth: true
        text: progress.run.statusText
        Accessible.role: Accessible.StatusBar
        Accessible.name: text
    }

    ProgressBar {
        palette.dark: Theme.accent
        objectName: "runProgress"
        Layout.preferredWidth: 200
        visible: progress.run.state !== RunModel.Writing
        indeterminate: progress.run.progress < 0
        value: progress.run.progress
        Accessible.name: progress.run.statusText
    }

    ActionButton {
        objectName: "cancelButton"
        text: qsTr("Cancel")
        onClicked: progress.run.cancel()

        Shortcut {
            sequences: [StandardKey.Cancel]
            enabled: progress.visible
            onActivated: progress.run.cancel()
        }
    }
}
