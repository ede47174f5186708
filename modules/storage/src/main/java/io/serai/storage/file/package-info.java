/** The few file operations storage needs, behind an interface that tests can make fail. */
@NullMarked
package io.serai.storage.file;

import org.jspecify.annotations.NullMarked;
