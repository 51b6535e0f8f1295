#include "tests/qt/window_checks.h"

#include <QAccessible>
#include <QQuickItem>
#include <functional>

namespace hwledger {
namespace {

using Visit = std::function<void(const QQuickItem& item)>;

void VisitVisible(const QQuickItem& item, const Visit& visit) {
  if (!item.isVisible() || item.opacity() == 0) return;
  visit(item);
  for (const QQuickItem* child : item.childItems()) {
    VisitVisible(*child, visit);
  }
}

// "PlannerPage plannerPage > Slider sequenceLengthSlider".
QString PlaceOf(const QQuickItem& item) {
  QStringList place;
  for (const QQuickItem* at = &item; at != nullptr; at = at->parentItem()) {
    const QString type =
        QString(at->metaObject()->className()).section("_QML", 0, 0);
    place.prepend(at->objectName().isEmpty() ? type
                                             : type + " " + at->objectName());
  }
  return place.join(" > ");
}

}  // namespace

QStringList WhatSticksOut(const QQuickWindow& window) {
  constexpr double rounding = 1;
  QStringList problems;
  VisitVisible(*window.contentItem(), [&](const QQuickItem& item) {
    // Others draw nothing, such as a list's highlight that is on its way.
    if (!item.flags().testFlag(QQuickItem::ItemHasContents)) return;
    if (item.width() <= 0 || item.height() <= 0) return;
    const QRectF place =
        item.mapRectToScene(QRectF(0, 0, item.width(), item.height()));
    if (place.left() < -rounding || place.right() > window.width() + rounding) {
      problems += QString("%1 to %2 of %3: %4")
                      .arg(place.left())
                      .arg(place.right())
                      .arg(window.width())
                      .arg(PlaceOf(item));
    }
    const QVariant text_width = item.property("contentWidth");
    if (item.inherits("QQuickText") &&
        text_width.toDouble() > item.width() + rounding) {
      problems += QString("“%1” is %2 wide in %3: %4")
                      .arg(item.property("text").toString())
                      .arg(text_width.toDouble())
                      .arg(item.width())
                      .arg(PlaceOf(item));
    }
  });
  return problems;
}

QStringList WhatHasNoName(const QQuickWindow& window) {
  QAccessible::setActive(true);
  QStringList problems;
  VisitVisible(*window.contentItem(),
               [&](const QQuickItem& item) {
                 if (!item.activeFocusOnTab() || !item.isEnabled()) return;
                 const QAccessibleInterface* interface =
                     QAccessible::queryAccessibleInterface(
                         const_cast<QQuickItem*>(&item));
                 // Of what is secret Qt tells no name.
                 const bool is_secret = item.property("echoMode").toInt() != 0;
                 if (interface == nullptr ||
        interface
            ->text(is_secret ? QAccessible::Description : QAccessible::Name)
            .trimmed()
            .isEmpty()) {
                   problems += PlaceOf(item);
                 }
               });
  return problems;
}

}  // namespace hwledger
