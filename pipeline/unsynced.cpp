#include "pipeline/unsynced.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>

#include "pipeline/files.hpp"

namespace pipeline {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "power cut: %s\n", why.c_str());
  std::abort();
}

bool is_there(const std::string& path) {
  struct stat s;
  return lstat(path.c_str(), &s) == 0;
}

std::string folder_of(const std::string& path) {
  const std::string parent = parent_folder(path);
  return parent.empty() ? "." : parent;
}

/// Of the folder, or of the nearest one above it that is there.
std::uint64_t device_of(std::string folder) {
  struct stat s;
  while (stat(folder.c_str(), &s) != 0) {
    if (folder == "." || folder.empty()) give_up("no device for a path");
    folder = folder_of(folder);
  }
  return s.st_dev;
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void move(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) give_up("cannot move " + from + " to " + to);
}

constexpr std::size_t kPage = 512;

/// Page by page, and of the last one perhaps only the beginning.
void write_some(std::string& content, std::uint64_t offset, const std::string& bytes,
                std::mt19937_64& random) {
  for (std::size_t at = 0; at < bytes.size(); at += kPage) {
    const std::uint64_t draw = random() % 8;
    if (draw < 3) continue;
    std::size_t size = std::min(kPage, bytes.size() - at);
    if (draw == 3) size = size / 2;
    if (content.size() < offset + at + size) content.resize(offset + at + size, '\0');
    content.replace(offset + at, size, bytes, at, size);
  }
}

}  // namespace

Unsynced::Unsynced(std::vector<std::string> aside) {
  for (std::string& folder : aside) {
    const std::uint64_t device = device_of(folder);
    aside_[device] = std::move(folder);
  }
}

Unsynced::Image& Unsynced::image(const std::string& path) {
  const auto [at, fresh] = images_.try_emplace(path);
  if (fresh) at->second.on_disk = bytes_of(path);
  return at->second;
}

void Unsynced::add(Name name) {
  names_.push_back(std::move(name));
}

std::string Unsynced::place_aside(std::uint64_t device) {
  const auto at = aside_.find(device);
  if (at == aside_.end()) give_up("a file system that nobody named");
  return path_join(at->second, std::to_string(++kept_));
}

void Unsynced::make(const std::string& path) {
  if (is_there(path)) return;
  images_.try_emplace(path);
  add({{path}, device_of(folder_of(path)), [this, path] {
         unlink(path.c_str());
         images_.erase(path);
       }});
}

void Unsynced::write(const std::string& path, std::string_view bytes) {
  make(path);
  Image& file = image(path);
  file.writes.push_back({0, "", true});
  file.writes.push_back({0, std::string(bytes), false});
}

void Unsynced::write_at(const std::string& path, std::uint64_t offset, std::string_view bytes) {
  image(path).writes.push_back({offset, std::string(bytes), false});
}

void Unsynced::truncate(const std::string& path, std::uint64_t size) {
  image(path).writes.push_back({size, "", true});
}

void Unsynced::make_folders(const std::string& folder) {
  std::vector<std::string> missing;
  for (std::string at = folder; !at.empty() && !is_there(at); at = parent_folder(at))
    missing.push_back(at);
  for (auto at = missing.rbegin(); at != missing.rend(); ++at)
    add({{*at}, device_of(*at), [path = *at] { rmdir(path.c_str()); }});
}

void Unsynced::rename(const std::string& from, const std::string& to) {
  const std::uint64_t device = device_of(folder_of(to));
  std::string replaced;
  if (is_there(to)) {
    replaced = place_aside(device);
    if (link(to.c_str(), replaced.c_str()) != 0) fs::copy_file(to, replaced);
  }
  auto lost = std::make_shared<std::optional<Image>>();
  if (const auto at = images_.find(to); at != images_.end()) {
    *lost = std::move(at->second);
    images_.erase(at);
  }
  if (auto moved = images_.extract(from)) {
    moved.key() = to;
    images_.insert(std::move(moved));
  }
  add({{from, to}, device, [this, from, to, replaced, lost] {
         move(to, from);
         if (auto moved = images_.extract(to)) {
           moved.key() = from;
           images_.insert(std::move(moved));
         }
         if (!replaced.empty()) move(replaced, to);
         if (*lost) images_[to] = **lost;
       }});
}

void Unsynced::remove(const std::string& path) {
  if (!is_there(path)) return;
  const std::uint64_t device = device_of(folder_of(path));
  const std::string aside = place_aside(device);
  move(path, aside);
  // Of a folder, what it holds goes with it.
  auto lost = std::make_shared<std::map<std::string, Image>>();
  for (auto at = images_.lower_bound(path); at != images_.end() && at->first.starts_with(path);) {
    if (at->first == path || at->first[path.size()] == '/') {
      lost->insert(*at);
      at = images_.erase(at);
    } else {
      ++at;
    }
  }
  add({{path}, device, [this, path, aside, lost] {
         move(aside, path);
         images_.insert(lost->begin(), lost->end());
       }});
}

void Unsynced::sync(const std::string& folder) {
  const std::uint64_t device = device_of(folder);
  std::erase_if(images_,
                [&](const auto& one) { return device_of(folder_of(one.first)) == device; });
  std::erase_if(names_, [&](const Name& name) { return name.device == device; });
}

void Unsynced::sync_file(const std::string& path) {
  images_.erase(path);
  std::erase_if(names_, [&](const Name& name) {
    return name.paths.size() == 1 && name.paths[0] == path && is_there(path);
  });
}

void Unsynced::sync_names(const std::string& folder) {
  std::erase_if(names_, [&](const Name& name) {
    return std::all_of(name.paths.begin(), name.paths.end(),
                       [&](const std::string& path) { return parent_folder(path) == folder; });
  });
}

void Unsynced::cut(Survives survives, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::size_t kept = names_.size();
  if (survives == Survives::Nothing) kept = 0;
  if (survives == Survives::Some) kept = random() % (names_.size() + 1);
  for (std::size_t i = names_.size(); i > kept; --i) names_[i - 1].undo();
  for (const auto& [path, file] : images_) {
    if (!is_there(path)) continue;
    std::string content = file.on_disk;
    for (const Image::Write& write : file.writes) {
      if (survives != Survives::Some) break;
      if (!write.truncates)
        write_some(content, write.offset, write.bytes, random);
      else if (random() % 2 == 0)
        content.resize(write.offset);
    }
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
  }
}

}  // namespace pipeline
