#include "pipeline/mishap.hpp"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace pipeline {

bool Mishap::fits(Harm harm, Touch touch) {
  switch (harm) {
    case Harm::None:
      return false;
    case Harm::Broken:
      return true;
    case Harm::Full:  // a late allocation may fail as late as the sync
      return touch != Touch::Reads;
    case Harm::Interrupted:
      return touch == Touch::Reads || touch == Touch::Writes;
    case Harm::Short:
      return touch == Touch::Writes;
    case Harm::Death:
    case Harm::PowerCut:
      return touch != Touch::Reads;
  }
  return false;
}

Harm Mishap::step(Touch touch, const std::string& what) {
  ++count_;
  steps_.push_back({touch, what});
  const bool now = lasts_ == Lasts::Once ? count_ == at_ : count_ >= at_;
  if (!now || !fits(harm_, touch)) return Harm::None;
  happened_ = true;
  const bool deadly = harm_ == Harm::Death || harm_ == Harm::PowerCut;
  if (deadly && touch != Touch::Writes) die();
  return harm_;
}

void Mishap::die() {
  if (harm_ == Harm::PowerCut) unsynced_->cut(survives_, static_cast<std::uint64_t>(at_));
  for (;;) {
    ::kill(getpid(), SIGKILL);
    ::pause();
  }
}

std::string words_of(Harm harm) {
  switch (harm) {
    case Harm::Full:
    case Harm::Short:
      return std::strerror(ENOSPC);
    case Harm::Interrupted:
      return std::strerror(EINTR);
    default:
      return std::strerror(EIO);
  }
}

}  // namespace pipeline
