#pragma once

#include <QAbstractItemModel>
#include <QVariant>

namespace hwledger {

// What QML sees in `row` under the name `role`; invalid: there is no such role.
inline QVariant RowValue(const QAbstractItemModel& model, int row,
                         const char* role) {
  return model.data(model.index(row, 0),
                    model.roleNames().key(role, /*defaultKey=*/-1));
}

// The first row that has `value` there; -1: none.
inline int RowWith(const QAbstractItemModel& model, const char* role,
                   const QVariant& value) {
  for (int row = 0; row < model.rowCount(); ++row) {
    if (RowValue(model, row, role) == value) return row;
  }
  return -1;
}

}  // namespace hwledger
