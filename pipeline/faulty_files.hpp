#pragma once

#include "pipeline/files.hpp"
#include "pipeline/mishap.hpp"

namespace pipeline {

/// Whether a sync that does not fail is asked of the system, too. A process that dies takes nothing with it that the system
/// holds, and a power cut is modelled: what is tested needs no real one.
enum class Syncs { Real, Counted };

/// Files on which a mishap happens: each call is a step.
class FaultyFiles : public Files {
 public:
  FaultyFiles(Files& real, Mishap& mishap, Syncs syncs)
      : real_(real), mishap_(mishap), syncs_(syncs) {}

  std::vector<Listed> list(const std::string& folder) override;
  std::optional<Listed> look(const std::string& path) override;
  bool read(const std::string& path, std::string& bytes) override;
  bool read_part(const std::string& path, std::uint64_t offset, std::size_t size,
                 std::string& bytes) override;
  void write(const std::string& path, std::string_view bytes) override;
  /// Each piece is a step.
  void write_pieces(
      const std::string& path,
      const std::function<void(const std::function<void(std::string_view)>&)>& fill) override;
  void rename(const std::string& from, const std::string& to) override;
  void copy(const std::string& from, const std::string& to) override;
  void make_folders(const std::string& folder) override;
  void remove(const std::string& path) override;
  void remove_tree(const std::string& folder) override;
  std::uint64_t free_bytes(const std::string& folder) override;
  void sync(const std::string& folder) override;

 private:
  void pass(Touch touch, const std::string& doing);
  void write_half(Harm harm, const std::string& doing, const std::string& path,
                  std::string_view bytes);

  Files& real_;
  Mishap& mishap_;
  Syncs syncs_;
};

}  // namespace pipeline
