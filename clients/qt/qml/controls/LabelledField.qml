import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

ColumnLayout {
    id: labelled

    required property string label
    property string placeholder
    property bool secret: false
    property alias text: field.text

    spacing: 4
    onActiveFocusChanged: {
        if (activeFocus)
            field.forceActiveFocus();
    }

    FieldLabel {
        Layout.fillWidth: true
        text: labelled.label
        Accessible.ignored: true
    }

    TextField {
        id: field

        objectName: labelled.objectName + "Field"
        Layout.fillWidth: true
        implicitHeight: 36
        placeholderText: labelled.placeholder
        echoMode: labelled.secret ? TextInput.Password : TextInput.Normal
        selectByMouse: true
        Accessible.name: labelled.label
        Accessible.passwordEdit: labelled.secret
        // Qt tells nobody the name of what is secret.
        Accessible.description: labelled.secret ? labelled.label : ""

        background: FieldFrame {
            focused: field.activeFocus
        }
    }
}
