; SPDX-License-Identifier: GPL-3.0-or-later
;
; Repaints many pictures in the style of one or of several, without a window:
;
;   gimp-console-3.0 -idf --quit --batch-interpreter=plug-in-script-fu-eval \
;     -b '(pastiche-batch "photos/*.jpg" "style.png" "painted" #:strength 0.6 #:size 1600)'
;
; (pastiche-batch PATTERN STYLE FOLDER [#:NAME VALUE]...)
;
; PATTERN   the pictures: a path with * and ? in its last part; relative paths start where GIMP was started
; STYLE     the style picture, in any format that GIMP opens; or a list of them, (list "a.png" "b.png"): then every picture
;           is painted once in each
; FOLDER    where the results go; made when it is missing
;
; #:recursive TRUE      also takes the pictures in all folders below that of PATTERN, but for FOLDER, links, and those whose names
;                       begin with a dot; the results lie below FOLDER as their pictures do there
; #:name "…"            the result's name without its ending; {picture} and {style} stand for the names of the two files
;                       without theirs. A / in it makes folders: "{style}/{picture}". Left out, it is "{picture}", and
;                       "{picture}-{style}" with a list of styles
; #:format "png"        the result's ending, which says what kind of file it is; left out, that of its picture
; #:existing "skip"     passes over pictures whose result exists already, which goes on with a batch that was interrupted;
;                       left out or "fail", they count as failed
; any other             is an argument of plug-in-pastiche and goes there as it is (#:strength, #:size, #:style-file-2, …);
;                       what is left out has its default
;
; A picture of several layers becomes one of what is visible. Nothing is ever overwritten. While a result is written, a file
; of the same name and .unfinished lies beside it: where one is found, the batch was killed in the middle of writing, and
; that result is made anew.
;
; Every picture gives a line, and the last line counts them. A picture that fails is reported with the reason, and the others
; go on; if any failed, so does the batch at its end, and GIMP's exit status is 70. With PASTICHE_PROGRESS=1 in the
; environment, standard error tells how far the batch is and how long it will still take, as a message of GIMP's.

(define (pastiche-batch pattern style folder . arguments)
  (let* ((settings (pastiche-batch-settings arguments))
         (styles (if (list? style) style (list style)))
         (pictures (pastiche-batch-find pattern folder (pastiche-batch-setting settings "recursive")))
         (counts (vector 0 0 0)) ; painted, skipped, failed
         (start (realtime)))
    (pastiche-batch-check pattern pictures styles folder settings)
    (let loop ((jobs (pastiche-batch-jobs pattern pictures styles folder (list? style) settings)) (made '()))
      (if (pair? jobs)
          (let* ((job (car jobs))
                 (outcome (pastiche-batch-do job made settings)))
            (pastiche-batch-report job outcome)
            (let ((count (cond ((eq? outcome 'painted) 0) ((eq? outcome 'skipped) 1) (else 2))))
              (vector-set! counts count (+ 1 (vector-ref counts count))))
            (pastiche-batch-tell-progress counts (length (cdr jobs)) (- (realtime) start))
            (loop (cdr jobs) (if (eq? outcome 'painted) (cons (pastiche-batch-result job) made) made)))))
    (let ((summary (pastiche-batch-join
                     (list (vector-ref counts 0) " painted, " (vector-ref counts 1) " skipped, " (vector-ref counts 2) " failed"))))
      (pastiche-batch-say "pastiche-batch: " summary)
      (if (> (vector-ref counts 2) 0)
          (error (string-append "pastiche-batch: " summary "."))))))

; --- settings -------------------------------------------------------------------------------------------------------

; An association list: recursive, name, format and existing, #f where they are left out, and what goes to the plug-in
; under "".
(define (pastiche-batch-settings arguments)
  (let loop ((rest arguments) (settings '()) (others '()))
    (cond ((null? rest)
           (cons (cons "" (reverse others)) settings))
          ((null? (cdr rest))
           (error "pastiche-batch: the last argument has no value."))
          ((member (pastiche-batch-argument-name (car rest)) '("recursive" "name" "format" "existing"))
           (loop (cddr rest) (cons (cons (pastiche-batch-argument-name (car rest)) (cadr rest)) settings) others))
          (else
           (loop (cddr rest) settings (cons (cadr rest) (cons (car rest) others)))))))

(define (pastiche-batch-setting settings name)
  (let ((setting (assoc name settings)))
    (and setting (not (equal? (cdr setting) FALSE)) (cdr setting))))

; "strength" for #:strength. Script-Fu lets a script pass such a name on, but not look at it; a procedure that has no such
; argument tells it in its error, though: "Invalid argument name: strength".
(define (pastiche-batch-argument-name keyword)
  (let* ((message (or (pastiche-batch-catch (lambda () (file-glob keyword ""))) ""))
         (parts (strbreakup message ": ")))
    (if (pair? (cdr parts)) (car (strbreakup (cadr parts) " ")) "")))

(define (pastiche-batch-check pattern pictures styles folder settings)
  (let ((existing (pastiche-batch-setting settings "existing")))
    (if (null? pictures)
        (error (string-append "pastiche-batch: no file matches " pattern ".")))
    (for-each (lambda (style)
                (if (not (file-exists? style))
                    (error (string-append "pastiche-batch: the style picture " style " does not exist."))))
              styles)
    (if (not (member existing '(#f "fail" "skip")))
        (error "pastiche-batch: #:existing is to be \"fail\" or \"skip\"."))
    (if (not (pastiche-batch-make-folders folder))
        (error (string-append "pastiche-batch: the folder " folder " cannot be made.")))))

; --- pictures and results -------------------------------------------------------------------------------------------

; The paths of the pictures, in the order of their names, a folder's own before those below it.
(define (pastiche-batch-find pattern folder recursive)
  (let ((last-part (pastiche-batch-file-name pattern)))
    (let find ((parent (pastiche-batch-parent pattern)))
      (append (pastiche-batch-keep (lambda (path) (not (= (file-type path) FILE-TYPE-DIR)))
                                   (pastiche-batch-sort (car (file-glob #:pattern (string-append parent last-part)))))
              (if recursive
                  (apply append (map (lambda (name) (find (string-append parent name DIR-SEPARATOR)))
                                     (pastiche-batch-folders parent folder)))
                  '())))))

; The names of the folders in a folder, but for hidden ones and the one at the path `excluded`.
(define (pastiche-batch-folders parent excluded)
  (let ((stream (dir-open-stream (if (string=? parent "") "." parent))))
    (if stream
        (let loop ((names '()))
          (let ((name (dir-read-entry stream)))
            (if (eof-object? name)
                (begin
                  (dir-close-stream stream)
                  (pastiche-batch-sort (pastiche-batch-keep (lambda (name)
                    (let ((path (string-append parent name)))
                      (and (not (char=? (string-ref name 0) #\.))
                           (= (file-type path) FILE-TYPE-DIR)
                           (not (member excluded (list path (string-append path DIR-SEPARATOR)))))))
                    names)))
                (loop (cons name names)))))
        '())))

; What is to be done, picture by picture: vectors of picture, style and result.
(define (pastiche-batch-jobs pattern pictures styles folder several settings)
  (let ((name (or (pastiche-batch-setting settings "name") (if several "{picture}-{style}" "{picture}")))
        (format (pastiche-batch-setting settings "format"))
        (root (string-length (pastiche-batch-parent pattern))))
    (apply append (map (lambda (picture)
      (map (lambda (style)
             (let* ((parent (pastiche-batch-parent picture))
                    (ending (or format (pastiche-batch-ending picture)))
                    (result (string-append folder DIR-SEPARATOR (substring parent root (string-length parent))
                              (pastiche-batch-replace "{style}" (pastiche-batch-stem style)
                                (pastiche-batch-replace "{picture}" (pastiche-batch-stem picture) name))
                              (if (string=? ending "") "" ".") ending)))
               (vector picture style result)))
           styles))
      pictures))))

(define (pastiche-batch-result job) (vector-ref job 2))

; --- painting -------------------------------------------------------------------------------------------------------

; 'painted, 'skipped, or the reason why there is no result. `made` has the results of this batch.
(define (pastiche-batch-do job made settings)
  (let* ((result (pastiche-batch-result job))
         (mark (string-append result ".unfinished")))
    (if (file-exists? mark)
        (begin
          (if (file-exists? result) (file-delete result))
          (file-delete mark)))
    (cond ((not (file-exists? result))
           (if (pastiche-batch-make-folders (pastiche-batch-parent result))
               (or (pastiche-batch-paint (vector-ref job 0) (vector-ref job 1) result mark (cdr (assoc "" settings))) 'painted)
               "its folder cannot be made"))
          ((member result made)
           "another picture of this batch has become a file of this name")
          ((equal? (pastiche-batch-setting settings "existing") "skip")
           'skipped)
          (else
           "a file of this name exists already, and nothing is overwritten"))))

; #f, or the reason why there is no result.
(define (pastiche-batch-paint picture style result mark options)
  (let* ((image #f)
         (failure (pastiche-batch-catch (lambda ()
           (set! image (car (gimp-file-load RUN-NONINTERACTIVE picture)))
           (gimp-image-policy-rotate image FALSE) ; a non-interactive load leaves it as the camera was held
           (if (= (car (gimp-image-get-base-type image)) INDEXED)
               (gimp-image-convert-rgb image))
           (apply plug-in-pastiche
             (append (list #:run-mode RUN-NONINTERACTIVE #:image image
                           #:drawables (vector (pastiche-batch-visible-layer image))
                           #:style-source "file" #:style-file style)
                     options))
           ; Nothing in Script-Fu can rename a file, so the result cannot appear all at once.
           (call-with-output-file mark (lambda (port) (display result port)))
           (gimp-file-save RUN-NONINTERACTIVE image result)))))
    (if image (gimp-image-delete image))
    ; What a failed save left is no result. The file was not there before.
    (if (and failure (file-exists? result)) (file-delete result))
    (if (file-exists? mark) (file-delete mark))
    failure))

(define (pastiche-batch-visible-layer image)
  (let ((layers (car (gimp-image-get-layers image))))
    (if (and (= (vector-length layers) 1) (= (car (gimp-item-is-group (vector-ref layers 0))) FALSE))
        (vector-ref layers 0)
        (car (gimp-image-merge-visible-layers image CLIP-TO-IMAGE)))))

; --- what is said ---------------------------------------------------------------------------------------------------

(define (pastiche-batch-report job outcome)
  (let ((picture (vector-ref job 0))
        (result (pastiche-batch-result job)))
    (cond ((eq? outcome 'painted) (pastiche-batch-say picture " -> " result))
          ((eq? outcome 'skipped) (pastiche-batch-say picture ": skipped: " result " exists already"))
          (else (pastiche-batch-say picture ": failed: " outcome)))))

(define (pastiche-batch-tell-progress counts left seconds)
  (let ((done (apply + (vector->list counts)))
        (painted (vector-ref counts 0)))
    (if (equal? (getenv "PASTICHE_PROGRESS") "1")
        (gimp-message (pastiche-batch-join
          (append (list "pastiche-batch: " done " of " (+ done left) " done")
                  (if (> painted 0) (list ", about " (quotient (+ (* left seconds) painted -1) painted) " s left") '())))))))

(define (pastiche-batch-say . strings)
  (display (apply string-append strings))
  (newline))

; --- strings and lists ----------------------------------------------------------------------------------------------

; Does the work; returns #f, or the message of the error that ended it. (Script-Fu's own catch forgets the message.)
(define (pastiche-batch-catch work)
  (let* ((outer *error-hook*)
         (failure (call/cc (lambda (leave)
           (set! *error-hook* (lambda message (leave (pastiche-batch-join message))))
           (work)
           #f))))
    (set! *error-hook* outer)
    failure))

(define (pastiche-batch-join atoms)
  (apply string-append (map (lambda (atom) (if (string? atom) atom (atom->string atom))) atoms)))

(define (pastiche-batch-file-name path)
  (car (last-pair (strbreakup path DIR-SEPARATOR))))

; What stands before the file's name, with the separator.
(define (pastiche-batch-parent path)
  (substring path 0 (- (string-length path) (string-length (pastiche-batch-file-name path)))))

; "png" for a/picture.png; empty without an ending.
(define (pastiche-batch-ending path)
  (let ((parts (strbreakup (pastiche-batch-file-name path) ".")))
    (if (pair? (cdr parts)) (car (last-pair parts)) "")))

; "picture" for a/picture.png.
(define (pastiche-batch-stem path)
  (let ((name (pastiche-batch-file-name path))
        (ending (pastiche-batch-ending path)))
    (if (string=? ending "")
        name
        (substring name 0 (- (string-length name) (string-length ending) 1)))))

(define (pastiche-batch-replace what by text)
  (unbreakupstr (strbreakup text what) by))

; Whether all folders on the path are there in the end.
(define (pastiche-batch-make-folders path)
  (let loop ((parts (strbreakup path DIR-SEPARATOR)) (parent ""))
    (if (null? parts)
        #t
        (let ((folder (string-append parent (car parts))))
          (and (or (string=? folder "") (file-exists? folder) (dir-make folder))
               (loop (cdr parts) (string-append folder DIR-SEPARATOR)))))))

(define (pastiche-batch-keep good? items)
  (cond ((null? items) '())
        ((good? (car items)) (cons (car items) (pastiche-batch-keep good? (cdr items))))
        (else (pastiche-batch-keep good? (cdr items)))))

; Sorts strings, quickly for any number of them.
(define (pastiche-batch-sort names)
  (if (null? names)
      '()
      (let split ((rest (cdr names)) (before '()) (after '()))
        (cond ((null? rest)
               (append (pastiche-batch-sort before) (list (car names)) (pastiche-batch-sort after)))
              ((string<? (car rest) (car names))
               (split (cdr rest) (cons (car rest) before) after))
              (else
               (split (cdr rest) before (cons (car rest) after)))))))
