package io.serai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.BindAddress;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigResult;
import io.serai.config.Credential;
import io.serai.config.ListenerConfig;
import io.serai.config.LoadRequest;
import io.serai.config.Secret;
import io.serai.config.ServerConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files of {@code docker/}, as far as they can be tested where there is no container engine.
 */
class DockerFilesTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Path DOCKER = ROOT.resolve("docker");

  @TempDir Path image;

  private record Run(int exitCode, String out, String err) {
    List<String> arguments() {
      return out.isEmpty() ? List.of() : List.of(out.split("\0"));
    }
  }

  /** The image's folder, with a launcher that prints its arguments. */
  @BeforeEach
  void prepareImage() throws IOException {
    Files.copy(DOCKER.resolve("entrypoint.sh"), image.resolve("entrypoint.sh"));
    Path launcher = Files.writeString(image.resolve("serai"), "#!/bin/sh\nprintf '%s\\0' \"$@\"\n");
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void theContainerRefusesToStartWithoutAUserOfItsOwn() throws Exception {
    assertRefused(Map.of(), "SERAI_USER");
    assertRefused(Map.of("SERAI_USER", "plant"), "SERAI_PASSWORD");
    assertRefused(Map.of("SERAI_USER", "plant", "SERAI_PASSWORD", ""), "SERAI_PASSWORD");
    assertRefused(Map.of("SERAI_USER", "guest", "SERAI_PASSWORD", "x"), "guest");
    assertRefused(Map.of("SERAI_USER", "a\"=1", "SERAI_PASSWORD", "x"), "SERAI_USER");
  }

  @Test
  void theContainerListensEverywhereAndKnowsOnlyItsUser() throws Exception {
    Map<String, String> environment =
        Map.of("SERAI_USER", "plant-1", "SERAI_PASSWORD", "s3 \"c\" $ret\\");
    Run run = run(environment, "start");
    assertThat(run.exitCode).as(run.err).isZero();
    assertThat(run.out).as("the password stays off the command line").doesNotContain("s3");
    ServerConfig server = load(run.arguments(), environment);
    assertThat(server.listeners())
        .isNotEmpty()
        .allSatisfy(listener ->
            assertThat(listener.addresses())
                .extracting(BindAddress::host)
                .containsExactly("0.0.0.0"));
    assertThat(server.listeners()).noneMatch(ListenerConfig::allowsAnonymous);
    assertThat(server.anonymousUser()).isNull();
    assertThat(server.users()).containsOnlyKeys("plant-1");
    assertThat(server.users().get("plant-1").credential())
        .isEqualTo(new Credential.Password(new Secret("s3 \"c\" $ret\\")));
  }

  @Test
  void otherCommandsNeedNoUser() throws Exception {
    assertThat(run(Map.of(), "check", "x.conf").arguments()).containsExactly("check", "x.conf");
  }

  @Test
  void furtherArgumentsOfStartAreHandedOn() throws Exception {
    Map<String, String> environment = Map.of("SERAI_USER", "plant", "SERAI_PASSWORD", "x");
    assertThat(run(environment, "start", "--set", "log.level=debug").arguments())
        .startsWith("start", "--conf", "/etc/serai/serai.conf")
        .endsWith("--set", "log.level=debug");
  }

  @Test
  void theImageRunsOnJava25AsAFixedUserAndChecksItsHealth() throws IOException {
    String text = Files.readString(DOCKER.resolve("Dockerfile"));
    assertThat(lines(text, "FROM"))
        .containsExactly("eclipse-temurin:25-jdk AS build", "eclipse-temurin:25-jre");
    assertThat(lines(text, "USER")).containsExactly("10001:10001");
    assertThat(lines(text, "HEALTHCHECK").getFirst()).contains("/opt/serai/healthy.sh");
    assertThat(lines(text, "ENTRYPOINT")).containsExactly("[\"/opt/serai/entrypoint.sh\"]");
    assertThat(text).doesNotContainPattern("(?m)^(ENV|ARG) .*PASSWORD");
  }

  @Test
  void everythingTheImageCopiesExists() throws IOException {
    List<String> copied =
        lines(Files.readString(DOCKER.resolve("Dockerfile")), "COPY").stream()
            .filter(line -> !line.startsWith("--from") && !line.equals(". ."))
            .flatMap(line -> Stream.of(line.split(" ")).filter(part -> !part.startsWith("/")))
            .toList();
    assertThat(copied).contains("serai", "conf", "docker/entrypoint.sh", "docker/healthy.sh");
    assertThat(copied).allSatisfy(file -> assertThat(ROOT.resolve(file)).exists());
    assertThat(DOCKER.resolve("entrypoint.sh")).isExecutable();
    assertThat(DOCKER.resolve("healthy.sh")).isExecutable();
    assertThat(ROOT.resolve("serai")).isExecutable();
  }

  @Test
  void exposedAndPublishedPortsAreThoseOfTheDefaultListeners() throws IOException {
    ConfigResult defaults = new ConfigLoader().load(LoadRequest.defaults());
    List<Integer> known =
        ((ConfigResult.Valid) defaults)
            .config().server().listeners().stream().map(ListenerConfig::port).toList();
    List<Integer> exposed =
        Stream.of(lines(Files.readString(DOCKER.resolve("Dockerfile")), "EXPOSE").getFirst())
            .flatMap(line -> Stream.of(line.split(" ")))
            .map(port -> Integer.valueOf(port.replace("/udp", "")))
            .toList();
    assertThat(exposed).isNotEmpty();
    assertThat(known).containsAll(exposed);
    Matcher published =
        Pattern.compile("- \"(?:[\\d.]+:)?(\\d+):(\\d+)(?:/udp)?\"")
            .matcher(Files.readString(DOCKER.resolve("compose.yaml")));
    List<Integer> ports = new ArrayList<>();
    while (published.find()) {
      assertThat(published.group(1)).isEqualTo(published.group(2));
      ports.add(Integer.valueOf(published.group(1)));
    }
    assertThat(ports).containsExactlyElementsOf(exposed);
  }

  @Test
  void composeDemandsTheLoginAndRunsWithoutPrivileges() throws IOException {
    assertThat(Files.readString(DOCKER.resolve("compose.yaml")))
        .contains("SERAI_USER: ${SERAI_USER:?", "SERAI_PASSWORD: ${SERAI_PASSWORD:?")
        .contains("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true")
        .contains("/opt/serai/healthy.sh")
        .doesNotContain("\t");
  }

  private static List<String> lines(String dockerfile, String instruction) {
    return dockerfile
        .lines()
        .filter(line -> line.startsWith(instruction + " "))
        .map(line -> line.substring(instruction.length() + 1))
        .toList();
  }

  private void assertRefused(Map<String, String> environment, String reason) throws Exception {
    Run run = run(environment, "start");
    assertThat(run.exitCode).isEqualTo(1);
    assertThat(run.out).isEmpty();
    assertThat(run.err).startsWith("serai: ").contains(reason);
  }

  private Run run(Map<String, String> environment, String... args) throws Exception {
    List<String> command = new ArrayList<>();
    command.add("bash");
    command.add(image.resolve("entrypoint.sh").toString());
    command.addAll(List.of(args));
    Path err = image.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("SERAI_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), out, Files.readString(err));
  }

  private static ServerConfig load(List<String> arguments, Map<String, String> environment) {
    LoadRequest request =
        LoadRequest.defaults()
            .withEnvironment(new HashMap<>(environment))
            .withFile(ROOT.resolve("conf/serai.conf"));
    for (int i = 1; i < arguments.size(); i += 2) {
      if (arguments.get(i).equals("--set")) {
        request = request.withSetting(arguments.get(i + 1));
      }
    }
    ConfigResult result = new ConfigLoader().load(request);
    assertThat(result)
        .isInstanceOfSatisfying(ConfigResult.Valid.class, valid -> assertThat(valid).isNotNull());
    return ((ConfigResult.Valid) result).config().server();
  }
}
