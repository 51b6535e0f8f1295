#pragma once

#include <grpcpp/support/client_callback.h>

#include <QElapsedTimer>
#include <QTimer>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "clients/qt/answer.h"

namespace hwledger {

// One server-streaming call. gRPC's threads read; the window's thread gets what
// came between two frames at once, however many messages that are. Dropping the
// stream ends the call.
template <typename Message>
class MessageStream {
 public:
  using Reactor = grpc::ClientReadReactor<Message>;
  using Received = std::function<void(const std::vector<Message>&)>;
  // Called last and once.
  using Ended = std::function<void(const grpc::Status&)>;

  // `start` calls a method of an async stub with both of its arguments.
  // `received` and `ended` may drop the stream.
  template <typename Start>
  MessageStream(Start start, Received received, Ended ended)
      // gRPC's threads may be the last to let go of it.
      : m_inbox(new Inbox, [](Inbox* inbox) { inbox->deleteLater(); }),
        m_reader(std::make_shared<Reader>(m_inbox)) {
    m_inbox->received = std::move(received);
    m_inbox->ended = std::move(ended);
    start(&m_reader->context, m_reader.get());
    m_reader->begin(m_reader);
  }
  ~MessageStream() {
    m_inbox->received = nullptr;
    m_inbox->ended = nullptr;
    m_reader->context.TryCancel();
    if (Reader* waiting = m_inbox->drop()) waiting->RemoveHold();
  }
  MessageStream(const MessageStream&) = delete;
  MessageStream& operator=(const MessageStream&) = delete;

 private:
  // What waits for the window. More is left with gRPC, so a window that does
  // not come to draw stalls its own stream.
  static constexpr size_t kMessagesMax = 4096;
  static constexpr int kFrameMilliseconds = 16;

  class Reader;

  struct Inbox : QObject {
    std::mutex mutex;
    std::vector<Message> messages;  // Under `mutex`, as the next four.
    std::optional<grpc::Status> end;
    bool isAnnounced = false;
    bool isDropped = false;
    Reader* stalled = nullptr;  // Holds its call.

    // On the window's thread only.
    Received received;
    Ended ended;
    QElapsedTimer sinceDelivery;

    void deliverWithinFrame() {
      const qint64 passed = sinceDelivery.isValid() ? sinceDelivery.elapsed()
                                                    : kFrameMilliseconds;
      QTimer::singleShot(
          static_cast<int>(qMax<qint64>(0, kFrameMilliseconds - passed)), this,
          [this] { deliver(); });
    }

    void deliver() {
      sinceDelivery.start();
      std::vector<Message> arrived;
      std::optional<grpc::Status> last;
      Reader* waiting = nullptr;
      {
        const std::lock_guard lock(mutex);
        isAnnounced = false;
        arrived.swap(messages);
        last.swap(end);
        std::swap(waiting, stalled);
      }
      if (waiting != nullptr) {
        waiting->read();
        waiting->RemoveHold();
      }
      // Either may drop the stream and so take both away.
      if (const Received now = received; now && !arrived.empty()) now(arrived);
      if (const Ended now = ended; now && last) now(*last);
    }

    // Who waits to go on.
    Reader* drop() {
      const std::lock_guard lock(mutex);
      isDropped = true;
      return std::exchange(stalled, nullptr);
    }
  };

  class Reader : public Reactor {
   public:
    explicit Reader(const std::shared_ptr<Inbox>& inbox) : m_inbox(inbox) {}

    void begin(std::shared_ptr<Reader> self) {
      m_self = std::move(self);
      read();
      this->StartCall();
    }
    void read() { this->StartRead(&m_message); }

    void OnReadDone(bool ok) override {
      if (ok && putAside()) read();
    }

    void OnDone(const grpc::Status& status) override {
      {
        const std::lock_guard lock(m_inbox->mutex);
        m_inbox->end = status;
        announce();
      }
      m_self.reset();
    }

    grpc::ClientContext context;

   private:
    // Whether there is room for another.
    bool putAside() {
      const std::lock_guard lock(m_inbox->mutex);
      if (m_inbox->isDropped) return false;
      m_inbox->messages.push_back(std::move(m_message));
      announce();
      if (m_inbox->messages.size() < kMessagesMax) return true;
      this->AddHold();
      m_inbox->stalled = this;
      return false;
    }

    void announce() {
      if (std::exchange(m_inbox->isAnnounced, true)) return;
      post(m_inbox.get(),
           [inbox = m_inbox.get()] { inbox->deliverWithinFrame(); });
    }

    const std::shared_ptr<Inbox> m_inbox;
    Message m_message;
    // gRPC calls this until OnDone.
    std::shared_ptr<Reader> m_self;
  };

  std::shared_ptr<Inbox> m_inbox;
  std::shared_ptr<Reader> m_reader;
};

}  // namespace hwledger
