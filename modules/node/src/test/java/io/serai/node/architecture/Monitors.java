package io.serai.node.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds {@code synchronized}: ArchUnit does not read instructions, so blocks need the class file
 * itself.
 */
final class Monitors {
  private static final List<String> ON_LOOPS =
      List.of("io.serai.model", "io.serai.bus", "io.serai.gateway", "io.serai.routing");

  private Monitors() {}

  /**
   * Methods of loop code that hold a monitor, as {@code class.method}; empty when there is none.
   */
  static List<String> heldIn(JavaClasses classes) {
    return classes.stream()
        .filter(Monitors::runsOnLoops)
        .flatMap(Monitors::heldBy)
        .sorted()
        .toList();
  }

  private static boolean runsOnLoops(JavaClass type) {
    var name = type.getPackageName() + ".";
    return ON_LOOPS.stream().anyMatch(it -> name.startsWith(it + "."));
  }

  private static Stream<String> heldBy(JavaClass type) {
    var uri = type.getSource().orElseThrow().getUri();
    try (var in = uri.toURL().openStream()) {
      return ClassFile.of().parse(in.readAllBytes()).methods().stream()
          .filter(Monitors::holds)
          .map(method -> type.getName() + "." + method.methodName().stringValue());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + uri, e);
    }
  }

  private static boolean holds(MethodModel method) {
    return method.flags().has(AccessFlag.SYNCHRONIZED)
        || method.code().stream()
            .flatMap(code -> code.elementStream())
            .anyMatch(
                it -> it instanceof MonitorInstruction m && m.opcode() == Opcode.MONITORENTER);
  }
}
