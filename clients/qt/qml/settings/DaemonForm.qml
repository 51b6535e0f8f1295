import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Dialogs
import QtQuick.Layouts
import HwLedger

// How one daemon is reached.
Panel {
    id: form

    required property SettingsModel settings

    // -1: one that is not saved yet.
    property int row: -1
    property bool hasToken: false
    property string problem

    function show(row: int, name: string, address: string, certificate: string, hasToken: bool) {
        form.row = row;
        form.hasToken = hasToken;
        form.problem = "";
        nameField.text = name;
        addressField.text = address;
        certificateField.text = certificate;
        tokenField.text = "";
        nameField.forceActiveFocus(Qt.TabFocusReason);
    }

    function save() {
        problem = settings.save(row, nameField.text, addressField.text, certificateField.text, tokenField.text);
        if (problem === "")
            clear();
    }

    function clear() {
        row = -1;
        hasToken = false;
        for (const field of [nameField, addressField, certificateField, tokenField])
            field.text = "";
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: Theme.gap

        SectionTitle {
            objectName: "daemonFormTitle"
            text: form.row < 0 ? qsTr("Add a daemon") : qsTr("Edit the daemon")
        }

        LabelledField {
            id: nameField

            objectName: "daemonName"
            Layout.fillWidth: true
            label: qsTr("Name")
        }

        LabelledField {
            id: addressField

            objectName: "daemonAddress"
            Layout.fillWidth: true
            label: qsTr("Address")
            placeholder: qsTr("host:port or unix:/path/to/socket")
        }

        RowLayout {
            spacing: Theme.gap

            LabelledField {
                id: certificateField

                objectName: "daemonCertificate"
                Layout.fillWidth: true
                label: qsTr("TLS certificate (PEM file)")
                placeholder: qsTr("None: not encrypted")
            }

            ActionButton {
                Layout.alignment: Qt.AlignBottom
                implicitHeight: 36
                text: qsTr("Open…")
                Accessible.name: qsTr("Choose the certificate")
                onClicked: certificateDialog.open()
            }
        }

        LabelledField {
            id: tokenField

            objectName: "daemonToken"
            Layout.fillWidth: true
            label: qsTr("Token")
            placeholder: form.hasToken ? qsTr("Unchanged") : qsTr("None")
            secret: true
        }

        FieldLabel {
            Layout.fillWidth: true
            text: form.settings.keyringAvailable ? qsTr("The token is kept in the keyring of your desktop.") : qsTr("There is no keyring: the token is forgotten when the program ends.")
        }

        Label {
            objectName: "daemonProblem"
            Layout.fillWidth: true
            visible: text !== ""
            text: form.problem === "" ? "" : qsTr("✕ %1").arg(form.problem)
            color: Theme.bad
            wrapMode: Text.Wrap
            Accessible.role: Accessible.AlertMessage
            Accessible.name: text
        }

        RowLayout {
            spacing: Theme.gap

            ActionButton {
                objectName: "saveDaemonButton"
                primary: true
                enabled: nameField.text.trim() !== "" && addressField.text.trim() !== ""
                text: qsTr("Save")
                onClicked: form.save()
            }

            ActionButton {
                objectName: "discardDaemonButton"
                visible: form.row >= 0
                text: qsTr("Discard")
                onClicked: form.clear()
            }
        }
    }

    FileDialog {
        id: certificateDialog

        title: qsTr("Choose the certificate")
        nameFilters: [qsTr("Certificates (*.pem *.crt)"), qsTr("All files (*)")]
        onAccepted: certificateField.text = decodeURIComponent(selectedFile.toString().replace(/^file:\/\//, ""))
    }
}
