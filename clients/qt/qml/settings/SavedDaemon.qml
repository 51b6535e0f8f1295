import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

RowLayout {
    id: saved

    required property int index
    required property string name
    required property string address
    required property string certificate
    required property bool hasToken
    required property bool isCurrent
    required property ButtonGroup group

    signal selected
    signal removed
    signal edited

    // The first is this machine's own, which is found and not saved.
    readonly property bool changeable: index > 0

    spacing: Theme.gap

    RadioChoice {
        id: radio

        objectName: "selectDaemon"
        checked: saved.isCurrent
        ButtonGroup.group: saved.group
        Accessible.name: qsTr("Use %1").arg(saved.name)
        onClicked: saved.selected()
    }

    ColumnLayout {
        spacing: 0

        ElidedText {
            Layout.fillWidth: true
            text: saved.name
            font.weight: saved.isCurrent ? Font.DemiBold : Font.Normal
        }

        ElidedText {
            Layout.fillWidth: true
            text: [saved.address, saved.certificate === "" ? "" : qsTr("TLS"), saved.hasToken ? qsTr("token") : ""].filter(part => part !== "").join(" · ")
            color: Theme.muted
        }
    }

    ActionButton {
        objectName: "editDaemon"
        visible: saved.changeable
        text: qsTr("Edit")
        Accessible.name: qsTr("Edit %1").arg(saved.name)
        onClicked: saved.edited()
    }

    ActionButton {
        objectName: "removeDaemon"
        visible: saved.changeable
        implicitWidth: 34
        quiet: true
        text: "✕"
        Accessible.name: qsTr("Remove %1").arg(saved.name)
        ToolTip.visible: hovered
        ToolTip.delay: 500
        ToolTip.text: Accessible.name
        onClicked: saved.removed()
    }
}
