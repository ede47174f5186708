package io.serai.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Key types for names of files and folders. */
final class FileTypes {
  private static final int SECRET_FILE_MAX_BYTES = 4096;

  private FileTypes() {}

  /** A file that exists and can be read; relative to the file that names it. */
  record Readable() implements KeyType<Path> {
    @Override
    public Reading<Path> read(ConfigValue value, ReadContext context) {
      if (!PlainTypes.isScalar(value)) {
        return expected(value);
      }
      try {
        Path file = context.folderOf(value).resolve(PlainTypes.text(value)).normalize();
        context.name(file);
        if (!Files.isRegularFile(file)) {
          return new Bad<>(
              "no such file: " + file, "file names are relative to the file that holds them");
        }
        return Files.isReadable(file)
            ? new Good<>(file)
            : new Bad<>("no permission to read " + file, "");
      } catch (InvalidPathException e) {
        return expected(value);
      }
    }

    @Override
    public String allowed() {
      return "the name of a readable file";
    }
  }

  /** Files that exist and can be read, a list or one. */
  record Readables() implements KeyType<List<Path>> {
    @Override
    public Reading<List<Path>> read(ConfigValue value, ReadContext context) {
      List<ConfigValue> items = value instanceof ConfigList list ? list : List.of(value);
      List<Path> files = new ArrayList<>();
      for (ConfigValue item : items) {
        switch (new Readable().read(item, context)) {
          case Bad<Path>(String message, String hint) -> {
            return new Bad<>(message, hint);
          }
          case Good<Path>(Path file) -> files.add(file);
        }
      }
      return new Good<>(List.copyOf(files));
    }

    @Override
    public String allowed() {
      return "names of readable files";
    }
  }

  /** A folder, which need not exist yet; relative to the folder the node is started in. */
  record Folder() implements KeyType<Path> {
    @Override
    public Reading<Path> read(ConfigValue value, ReadContext context) {
      if (!PlainTypes.isScalar(value) || PlainTypes.text(value).isBlank()) {
        return expected(value);
      }
      try {
        Path folder = context.workingFolder().resolve(PlainTypes.text(value)).normalize();
        return Files.exists(folder) && !Files.isDirectory(folder)
            ? new Bad<>("not a folder: " + folder, "name a folder, it is created when missing")
            : new Good<>(folder);
      } catch (InvalidPathException e) {
        return expected(value);
      }
    }

    @Override
    public String allowed() {
      return "the name of a folder";
    }
  }

  /** A file whose text is a secret; a line end after it does not count. */
  record SecretFile() implements KeyType<Secret> {
    @Override
    public Reading<Secret> read(ConfigValue value, ReadContext context) {
      return switch (new Readable().read(value, context)) {
        case Bad<Path>(String message, String hint) -> new Bad<>(message, hint);
        case Good<Path>(Path file) -> secretIn(file);
      };
    }

    private static Reading<Secret> secretIn(Path file) {
      try {
        if (Files.size(file) > SECRET_FILE_MAX_BYTES) {
          return new Bad<>(
              "more than " + SECRET_FILE_MAX_BYTES + " bytes in " + file,
              "the file holds nothing but the password");
        }
        String text = Files.readString(file, StandardCharsets.UTF_8).stripTrailing();
        return text.isEmpty()
            ? new Bad<>("the file is empty: " + file, "write the password into it")
            : new Good<>(new Secret(text));
      } catch (IOException e) {
        return new Bad<>(
            "cannot read " + file, "it must be UTF-8 text with nothing but the password");
      }
    }

    @Override
    public String allowed() {
      return "the name of a readable file";
    }
  }
}
