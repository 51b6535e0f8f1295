import QtQuick
import QtQuick.Controls.Basic

Label {
    font.weight: Font.DemiBold
    wrapMode: Text.Wrap
    Accessible.role: Accessible.Heading
    Accessible.name: text
}
