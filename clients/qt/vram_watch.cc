#include "clients/qt/vram_watch.h"

#include <mutex>
#include <optional>
#include <utility>

#include "clients/qt/answer.h"

namespace hwledger {

// What the window has not seen yet: of answers the newest only.
struct VramWatch::Inbox : QObject {
  std::mutex mutex;
  std::optional<v1::MemoryPrediction>
      answer;  // Under `mutex`, as the next two.
  std::optional<grpc::Status> end;
  bool isAnnounced = false;

  // On the window's thread only.
  Answered answered;
  Ended ended;

  void deliver() {
    std::optional<v1::MemoryPrediction> newest;
    std::optional<grpc::Status> last;
    {
      const std::lock_guard lock(mutex);
      isAnnounced = false;
      newest.swap(answer);
      last.swap(end);
    }
    // Either may drop the watch and so take both away.
    if (const Answered now = answered; now && newest) now(*newest);
    if (const Ended now = ended; now && last) now(*last);
  }
};

class VramWatch::Call final
    : public grpc::ClientBidiReactor<v1::EstimateVramRequest,
                                     v1::MemoryPrediction> {
 public:
  explicit Call(std::shared_ptr<Inbox> inbox) : m_inbox(std::move(inbox)) {}

  void begin(v1::Planner::Stub& planner, std::shared_ptr<Call> self) {
    m_self = std::move(self);
    planner.async()->WatchVram(&m_context, this);
    // Questions are written from outside of what gRPC calls.
    AddHold();
    StartRead(&m_answer);
    StartCall();
  }

  void ask(const v1::EstimateVramRequest& question) {
    const std::lock_guard lock(m_mutex);
    m_waiting = question;
    writeNext();
  }

  void end() {
    m_context.TryCancel();
    release();
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(m_mutex);
    m_isWriting = false;
    if (ok) writeNext();
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      release();
      return;
    }
    {
      const std::lock_guard lock(m_inbox->mutex);
      m_inbox->answer = std::move(m_answer);
      announce();
    }
    StartRead(&m_answer);
  }

  void OnDone(const grpc::Status& status) override {
    {
      const std::lock_guard lock(m_inbox->mutex);
      m_inbox->end = status;
      announce();
    }
    m_self.reset();
  }

 private:
  void writeNext() {
    if (m_isWriting || m_isReleased || !m_waiting) return;
    m_isWriting = true;
    m_question = *std::exchange(m_waiting, std::nullopt);
    StartWrite(&m_question);
  }

  void release() {
    {
      const std::lock_guard lock(m_mutex);
      if (std::exchange(m_isReleased, true)) return;
    }
    RemoveHold();
  }

  void announce() {
    if (std::exchange(m_inbox->isAnnounced, true)) return;
    post(m_inbox.get(), [inbox = m_inbox.get()] { inbox->deliver(); });
  }

  const std::shared_ptr<Inbox> m_inbox;
  grpc::ClientContext m_context;
  v1::MemoryPrediction m_answer;

  std::mutex m_mutex;
  std::optional<v1::EstimateVramRequest> m_waiting;  // Under it, as the next.
  bool m_isWriting = false;
  bool m_isReleased = false;
  v1::EstimateVramRequest m_question;

  // gRPC calls this until OnDone.
  std::shared_ptr<Call> m_self;
};

VramWatch::VramWatch(v1::Planner::Stub& planner, Answered answered, Ended ended)
    // gRPC's threads may be the last to let go of it.
    : m_inbox(new Inbox, [](Inbox* inbox) { inbox->deleteLater(); }),
      m_call(std::make_shared<Call>(m_inbox)) {
  m_inbox->answered = std::move(answered);
  m_inbox->ended = std::move(ended);
  m_call->begin(planner, m_call);
}

VramWatch::~VramWatch() {
  m_inbox->answered = nullptr;
  m_inbox->ended = nullptr;
  m_call->end();
}

void VramWatch::ask(const v1::EstimateVramRequest& question) {
  m_call->ask(question);
}

}  // namespace hwledger
