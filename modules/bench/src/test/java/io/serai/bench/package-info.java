@NullMarked
package io.serai.bench;

import org.jspecify.annotations.NullMarked;
